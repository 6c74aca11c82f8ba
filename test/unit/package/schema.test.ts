import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { PackageSpec } from "@pulumi/pulumi/provider/experimental/schema";
import { componentSchema } from "../../support/component-schema";
import { checkout } from "../../../local/support/paths";

const rewrite = "to rewrite it: UPDATE_DOCS=1 npx mocha test/unit/package/schema.test.ts";

describe("schema.json", function () {
  this.timeout("2m"); // TypeScript reads the SDK's types, on a busy machine

  it("is what Pulumi's analyzer says of the components", () => {
    const file = path.join(checkout, "plugin/schema.json");
    const schema = `${JSON.stringify(componentSchema(), null, 2)}\n`;
    if (process.env.UPDATE_DOCS === "1") fs.writeFileSync(file, schema);
    else assert.equal(fs.readFileSync(file, "utf8"), schema, rewrite);
  });

  it("describes each argument, output and field", () => {
    const { resources, types } = JSON.parse(
      fs.readFileSync(path.join(checkout, "plugin/schema.json"), "utf8"),
    ) as PackageSpec;
    const lists = [
      ...Object.values(resources).flatMap(({ inputProperties = {}, properties = {} }) => [inputProperties, properties]),
      ...Object.values(types).map(({ properties = {} }) => properties),
    ];
    const undescribed = lists
      .flatMap((list) => Object.entries(list))
      .filter(([, { description = "" }]) => description === "" || description.startsWith("Default:"))
      .map(([name]) => name);
    assert.deepEqual(undescribed, []);
  });
});
