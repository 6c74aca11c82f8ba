import assert from "node:assert/strict";
import Module from "node:module";
import path from "node:path";
import { dependencies } from "../../package.json";
import { checkout } from "../../local/support/paths";
import { run } from "../../commands/process";

/** What a script prints that runs as the program does. */
const preloaded = async (script: string): Promise<unknown> =>
  JSON.parse(
    await run(process.execPath, ["--no-deprecation", "--require", "./preload.js", "--eval", script], { cwd: checkout }),
  );

describe("preload.js", function () {
  this.timeout(20_000); // for a busy machine

  it("loads Pulumi's SDK and TypeScript files, and neither a compiler nor npm's resolver", async () => {
    const script = `
      const { UserError } = require("./components/user-error.ts");
      const packages = /(?:@npmcli.arborist|node_modules.typescript|source-map[^/]*)\\/.*/;
      const loaded = Object.keys(require.cache).flatMap((file) => packages.exec(file.replaceAll("\\\\", "/"))?.[0] ?? []);
      console.log(JSON.stringify([new UserError("text").message, ...loaded]));`;
    // One file of each stands in.
    const standIns = [
      "node_modules/typescript/lib/typescript.js",
      "@npmcli/arborist/lib/index.js",
      "source-map-support/register.js",
    ];
    assert.deepEqual(await preloaded(script), ["text", ...standIns]);
  });

  it("keeps compiled code inside of the checkout, with a Node.js that can", async () => {
    const script = `console.log(JSON.stringify(require("node:module").getCompileCacheDir?.() ?? ""));`;
    const folder = "getCompileCacheDir" in Module ? path.join(checkout, "node_modules", ".cache", "node") : ".";
    assert.equal(path.dirname(String(await preloaded(script))), folder);
  });

  it("loads both when they are used: a function becomes text as it does without", async () => {
    const script = `
      const { runtime } = require("@pulumi/pulumi");
      const ts = require("typescript");
      runtime.serializeFunction(() => 40 + 2).then(({ text }) =>
        console.log(JSON.stringify([ts.version, text.includes("40 + 2"), typeof require("typescript").transpile])));`;
    assert.deepEqual(await preloaded(script), [dependencies.typescript, true, "function"]);
  });
});
