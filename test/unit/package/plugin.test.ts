import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as yaml from "yaml";
import { checkout } from "../../../local/support/paths";
import { Plugin } from "../../support/plugin";

const read = (name: string) => fs.readFileSync(path.join(checkout, name), "utf8");

describe("the plugin", function () {
  this.timeout("1m"); // a process of its own, on a busy machine

  it("starts from any folder, without the compiler, and answers with the schema", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugin-"));
    // Pulumi loads a compiler by the settings of the program that uses the plugin; with these it could compile none of it.
    const compilerOptions = {
      target: "es5",
      lib: ["es5"],
      strict: true,
      module: "esnext",
      moduleResolution: "classic",
    };
    fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const plugin = await Plugin.start(folder);
    try {
      assert.deepEqual(JSON.parse(await plugin.schema()), JSON.parse(read("plugin/schema.json")));
    } finally {
      plugin.stop();
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("is in a folder with PulumiPlugin.yaml, and without Pulumi.yaml", () => {
    assert.deepEqual(yaml.parse(read("plugin/PulumiPlugin.yaml")), { runtime: "nodejs" });
    assert.deepEqual(fs.readdirSync(path.join(checkout, "plugin")).sort(), [
      "PulumiPlugin.yaml",
      "index.js",
      "schema.json",
    ]);
  });
});
