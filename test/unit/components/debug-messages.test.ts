import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { dropDebugMessages } from "../../../components/debug-messages";

describe("debug messages of the SDK", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sdk-copy-"));
  after(() => fs.rmSync(folder, { recursive: true }));

  /** A copy of the SDK, as npm puts it beside another version of it. */
  const copyOf = (name: string): { readonly debug: () => unknown; readonly warn: () => unknown } => {
    const file = path.join(folder, name, "node_modules/@pulumi/pulumi/log/index.js");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'exports.debug = () => "debug"; exports.warn = () => "warn";');
    return createRequire(file)(file) as ReturnType<typeof copyOf>;
  };

  it("are dropped of every copy that is loaded, and no other message", async () => {
    const copies = [copyOf("."), copyOf("node_modules/@pulumi/random")];
    dropDebugMessages();
    for (const copy of copies) {
      assert.equal(await copy.debug(), undefined);
      assert.equal(copy.warn(), "warn");
    }
    assert.equal(await pulumi.log.debug("x"), undefined);
  });
});
