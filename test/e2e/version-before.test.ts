import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { say } from "../../commands/terminal";
import { run, tryRun } from "../../commands/process";
import { checkout, stateDir } from "../../local/support/paths";
import { fleetUrl, pullSecrets } from "../support/objects";
import { Load } from "../support/load";
import { rate } from "../support/rotations-under-load";
import { TestStack } from "../support/test-stack";

/** The last commit of the version before this one. */
const versionBefore = "1f8a58faa786f25e94fc71b949b3aba2a27c7448";

describe("a stack of the version before", function () {
  this.timeout("5m");
  let stack: TestStack | undefined;

  before(async function () {
    const { code } = await tryRun("git", ["cat-file", "-e", `${versionBefore}^{commit}`], { cwd: checkout });
    if (code !== 0) {
      say("A STACK OF THE VERSION BEFORE NEEDS THE PROJECT'S WHOLE HISTORY, AND THIS CHECKOUT HAS NOT");
      this.skip();
    }
    const project = path.join(stateDir, "test", "version-before-project");
    fs.rmSync(project, { recursive: true, force: true });
    fs.mkdirSync(project, { recursive: true });
    const archive = path.join(project, "project.tar");
    await run("git", ["archive", "--output", archive, versionBefore], { cwd: checkout });
    await run("tar", ["-xf", archive, "-C", project]);
    fs.symlinkSync(path.join(checkout, "node_modules"), path.join(project, "node_modules"));
    stack = await TestStack.createWithDatastores("version-before", "first", { "fleet:replicas": 2 });
    await stack.pulumi(["up", "--yes", "--skip-preview", ...stack.where], { cwd: project });
  });
  after(() => stack?.remove());

  it("previews as unchanged", async () => {
    assert.deepEqual(await stack?.plan(), []);
  });

  it("rotates, and no request on a new connection fails", async () => {
    assert.ok(stack);
    const before = await pullSecrets(stack);
    const client = Load.start({ url: await fleetUrl(stack), rate, connections: "new" });
    try {
      await client.counts(); // it is at it
      const start = performance.now();
      await stack.rotate();
      await stack.deploy();
      const { requests, failures } = await client.counts();
      assert.ok(requests > (0.9 * rate * (performance.now() - start)) / 1000, `${requests} requests`);
      assert.deepEqual(failures, {});
    } finally {
      await client.stop();
    }
    assert.notDeepEqual(await pullSecrets(stack), before);
  });
});
