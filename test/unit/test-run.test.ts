import assert from "node:assert/strict";
import { checkout } from "../../local/support/paths";
import { tryRun } from "../../commands/process";

/** `make test` on another machine, `change` is what that one has different: the shortest level that needs a cluster. */
function testRun(change: string, env: Readonly<Record<string, string>> = {}) {
  const script = `require("tsx/cjs"); ${change}; require("./test/run.ts");`;
  return tryRun(process.execPath, ["-e", script, "test/run.ts", "reliability"], {
    cwd: checkout,
    env: { CI: undefined, ...env },
  });
}

describe("make test", function () {
  this.timeout(30_000);

  it("says in capitals what it cannot run without a real node, and is no failure", async () => {
    const { stdout, stderr } = await testRun("", { LOCAL_NODE: "simulated" });
    assert.match(
      stderr,
      /RELIABILITY TESTS CANNOT RUN HERE: THEY NEED A REAL NODE, AND THIS MACHINE'S IS A SIMULATED ONE/,
    );
    assert.match(stdout, /^reliability +0 +0 +1 /m);
    assert.match(stdout, /^\d passed, \d failed, 1 skipped$/m);
  });

  it("counts as failed what breaks before the tests, with its message and the totals; says so where there is no git", async () => {
    // Exports of tsx cannot be assigned to, so others stand in for them.
    const broken = `
      const session = require("./local/session.ts");
      const openSession = () => Promise.reject(new Error("no node today"));
      require.cache[require.resolve("./local/session.ts")].exports = { ...session, openSession };`;
    const { code, stdout, stderr } = await testRun(broken, { GIT_DIR: "/nowhere" });
    assert.equal(code, 1);
    assert.match(stdout, /^reliability: no node today$/m);
    assert.match(stderr, /THE CHECKOUT CANNOT BE TOLD HERE: git status failed: ./);
    assert.match(stdout, /^0 passed, 1 failed, 1 skipped$/m);
  });
});
