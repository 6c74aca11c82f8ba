import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Stack } from "../../local/stack";
import { stateDir } from "../../local/support/paths";
import { session } from "../support/session";
import { succeeded } from "../support/test-stack";

describe("the Node language host", function () {
  this.timeout("1m");

  it("starts Node with the options of Pulumi.yaml, whichever way the engine hands them over", async () => {
    const folder = path.join(stateDir, "test", "runtime-options");
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const runtime = { name: "nodejs", options: { typescript: false, nodeargs: "--title=given --no-deprecation" } };
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name: "options", runtime }));
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ main: "index.js" }));
    fs.writeFileSync(
      path.join(folder, "index.js"),
      `console.log("options: " + process.execArgv.join(" ") + "; " + (process.env.PULUMI_NODEJS_TYPESCRIPT ?? "no") + " TypeScript");`,
    );
    const { tools, env } = session();
    const stack = new Stack({ name: "options", folder: path.join(folder, "stack"), tools, env, project: folder });
    await stack.init("config: {}\n");
    const said = /options: .*/.exec(succeeded(await stack.preview()))?.[0];
    assert.equal(said, "options: --title=given --no-deprecation; no TypeScript");
    fs.rmSync(folder, { recursive: true, force: true });
  });
});
