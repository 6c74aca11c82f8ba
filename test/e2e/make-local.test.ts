import { strict as assert } from "node:assert";
import { checkout } from "../../local/support/paths";
import { tryRun } from "../../local/support/run";

/** What the README promises of `make local`, run as a person runs it. */
describe("make local", function () {
  this.timeout("6m");

  const local = (env: Record<string, string | undefined> = {}) => tryRun("make", ["local"], { cwd: checkout, env });

  it("deploys, rotates, has a wrong password refused and shows all of it", async () => {
    const { code, stdout, stderr } = await local();
    assert.equal(code, 0, stderr);
    for (const workload of ["CronJob/fleet-vulnprocessing", "Deployment/fleet", "StatefulSet/fleet-mysql"]) {
      assert.match(stdout, new RegExp(`^${workload} +\\S+ +fleet-[-0-9a-z]+ +(scheduled|[1-9]/[1-9])$`, "m"));
    }
    assert.match(stdout, /\+-kubernetes:core\/v1:Secret/);
    assert.match(stdout, /~ kubernetes:helm\.sh\/v3:Release/);
    assert.match(stdout, /401 Unauthorized/);
    assert.match(stdout, /"releaseStatus": "deployed"/);
  });

  it("asks for a registry in one sentence when it shall use a cluster that the user has", async () => {
    const { code, stdout, stderr } = await local({ KUBE_CONTEXT: "mine", REGISTRY_SERVER: "registry.example.com" });
    assert.notEqual(code, 0);
    assert.match(stderr, /KUBE_CONTEXT uses your own cluster, which needs your own registry; set REGISTRY_USERNAME \(/);
    assert.doesNotMatch(`${stdout}${stderr}`, /\n\s+at /);
  });

  it("says in one sentence that the local cluster needs root", async () => {
    const script = `process.getuid = () => 1000; require("ts-node/register/transpile-only"); require("./local/main.ts");`;
    const { code, stderr } = await tryRun(process.execPath, ["-e", script], {
      cwd: checkout,
      env: { KUBE_CONTEXT: undefined },
    });
    assert.notEqual(code, 0);
    assert.equal(
      stderr.trim(),
      "The local cluster needs root: run this as root, or set KUBE_CONTEXT to use a cluster that you have.",
    );
  });
});
