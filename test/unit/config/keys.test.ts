import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { format, resolveConfig } from "prettier";
import * as yaml from "yaml";
import { managedBy } from "../../../components/fleet-values";
import { keyNames, keys, keysOf } from "../../../config/keys";
import { checkout } from "../../../local/support/paths";

const rewrite = "to rewrite it: UPDATE_DOCS=1 npx mocha test/unit/config/keys.test.ts";

/** With `UPDATE_DOCS=1`, a file gets what the table says instead of being compared with it. */
async function compare(name: string, change: (text: string) => string): Promise<void> {
  const filepath = path.join(checkout, name);
  const text = fs.readFileSync(filepath, "utf8");
  const expected = await format(change(text), { ...(await resolveConfig(filepath)), filepath });
  if (process.env.UPDATE_DOCS === "1") fs.writeFileSync(filepath, expected);
  else assert.equal(text, expected, rewrite);
}

function declarations(): string {
  const config = keyNames.map((name) => {
    const { type, description, default: value } = keys[name];
    const [, items] = /^array of (.*)s$/.exec(type) ?? [];
    const several = items?.includes(" or ") ? {} : { type: "array", items: { type: items } };
    const form = items === undefined ? { type } : several;
    return [name, { ...form, description, default: value }];
  });
  return yaml.stringify({ config: Object.fromEntries(config) as object }, { lineWidth: 0 });
}

function readmeTable(): string {
  const shown = (value: unknown) =>
    value === "" ? "empty" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  const rows = keyNames.map((name) => {
    const { type, secret, description, default: value } = keys[name];
    const what = type.replace("array of", "list of");
    return [`\`${name}\``, secret === true ? `${what}, encrypted` : what, shown(value), description];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [["Key", "Type", "Default", "What"], ["-", "-", "-", "-"], ...rows].map(line).join("\n");
}

describe("the table of keys", () => {
  it("is what Pulumi.yaml declares, without asking for encryption, which Pulumi would want of the defaults too", () =>
    compare("Pulumi.yaml", (text) => text.replace(/^config:\n[^]*/m, declarations())));

  it("is what the README shows", () =>
    compare("README.md", (text) => text.replace(/^\| Key +\|[^]*?(?=\n\n)/m, readmeTable())));

  it("has a key for every argument that decides a value of the chart", () => {
    const names: readonly string[] = keyNames;
    for (const argument of Object.values(managedBy)) {
      const roots = keysOf(argument).map((key) => key.replace(/\..*/, ""));
      assert.ok(roots.length > 0 && roots.every((root) => names.includes(root)), argument);
    }
  });

  it("describes every key, and has a default for each, without which every stack would need it", () => {
    for (const name of keyNames) {
      assert.ok(keys[name].description.length > 10, name);
      assert.notEqual(keys[name].default, undefined, name);
    }
  });
});
