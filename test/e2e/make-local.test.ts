import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { portForward } from "../../local/real-fleet";
import { runKubectl } from "../../local/session";
import { checkout } from "../../local/support/paths";
import { tryRun } from "../../commands/process";
import { freePort } from "../support/registry-on-host";
import { assertShown } from "../support/make-local";
import { session } from "../support/session";

const local = (kill?: AbortSignal, env?: Readonly<Record<string, string>>) =>
  tryRun("make", ["local"], { cwd: checkout, kill, env: { FLEET: undefined, ...env } });

/** Runs it until `moment` has come, then kills it (SIGKILL) with its whole process group. */
async function killLocal(moment: () => boolean): Promise<void> {
  const killer = new AbortController();
  let isRunning = true;
  const run = local(killer.signal).finally(() => (isRunning = false));
  while (isRunning && !moment()) await sleep(10);
  killer.abort();
  const { code, stdout, stderr } = await run;
  assert.equal(code, 137, `it ended before it was killed\n${stdout}\n${stderr}`);
}

describe("make local", function () {
  this.timeout("8m");

  before(async () => {
    await runKubectl(session(), ["delete", "namespace", "fleet", "--ignore-not-found"]);
    fs.rmSync(session().folder, { recursive: true, force: true });
  });

  it("deploys, rotates, has a wrong password refused and shows all of it, after one that was killed early too", async () => {
    const config = path.join(session().folder, "Pulumi.dev.yaml");
    await killLocal(() => fs.existsSync(config));

    const { code, stdout, stderr } = await local();
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stderr, /Clearing what a run that was killed has left/);
    assertShown(stdout);
    assert.match(stdout, /401 Unauthorized/);
    assert.match(stdout, /"releaseStatus": "deployed"/);
  });

  it("makes Fleet answer on this machine with the command that FLEET=real ends with", async () => {
    const port = await freePort("127.0.0.1");
    const forward = spawn("/bin/sh", ["-c", `exec env ${portForward(session(), "fleet", port)}`], { stdio: "pipe" });
    const ended = once(forward, "exit");
    try {
      const answers = async () => (await fetch(`http://localhost:${port}/healthz`).catch(() => undefined))?.ok === true;
      for (const end = Date.now() + 30_000; !(await answers()); await sleep(100))
        assert.ok(Date.now() < end && forward.exitCode === null, "Fleet does not answer");
    } finally {
      forward.kill();
      await ended;
    }
  });

  it("says in one sentence that FLEET has another value", async () => {
    const { code, stdout, stderr } = await local(undefined, { FLEET: "big" });
    assert.notEqual(code, 0);
    assert.match(stderr, /^FLEET is "big"; set it to real, or leave it out\.$/m);
    assert.doesNotMatch(`${stdout}${stderr}`, /\n\s+at /);
  });
});
