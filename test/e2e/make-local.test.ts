import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { folderOfContext } from "../../local/contexts";
import { openDevStack, runKubectl } from "../../local/session";
import { Stack } from "../../local/stack";
import { checkout } from "../../local/support/paths";
import { tryRun } from "../../local/support/run";
import { session } from "../support/session";

type Environment = Readonly<Record<string, string | undefined>>;

const local = (env: Environment, kill?: AbortSignal) => tryRun("make", ["local"], { cwd: checkout, env, kill });

/** Runs it until `moment` has come, then kills it (SIGKILL) with its whole process group. */
async function killLocal(moment: () => boolean): Promise<void> {
  const killer = new AbortController();
  let isRunning = true;
  const run = local({ KUBE_CONTEXT: undefined }, killer.signal).finally(() => (isRunning = false));
  while (isRunning && !moment()) await sleep(10);
  killer.abort();
  const { code, stdout, stderr } = await run;
  assert.equal(code, 137, `it ended before it was killed\n${stdout}\n${stderr}`);
}

/** The namespace is the same on every cluster: what an earlier run deployed to this one has to go first. */
async function clear(): Promise<void> {
  await runKubectl(session(), ["delete", "namespace", "fleet", "--ignore-not-found"]);
  for (const folder of [session().folder, folderOfContext(session().cluster.context)])
    fs.rmSync(folder, { recursive: true, force: true });
}

/** What the README promises. */
function assertShown(stdout: string): void {
  for (const workload of ["CronJob/fleet-vulnprocessing", "Deployment/fleet", "StatefulSet/fleet-mysql"]) {
    const ready = "(scheduled|([1-9])/\\2)";
    assert.match(stdout, new RegExp(`^${workload} +\\S+ +fleet-[-0-9a-z]+ +${ready}$`, "m"));
  }
  assert.match(stdout, /\+-kubernetes:core\/v1:Secret/);
  assert.match(stdout, /~ kubernetes:helm\.sh\/v3:Release/);
  assert.match(stdout, /preview: .*wrong password/);
  assert.match(stdout, /401 Unauthorized/);
  assert.match(stdout, /"releaseStatus": "deployed"/);
}

describe("make local on a cluster that the user has", function () {
  this.timeout("8m"); // for a busy machine
  const username = "puller-own-cluster";
  // bcrypt reads 72 bytes, so that the registry accepts both.
  const passwords = ["first", "second"].map((end) => `${"own-cluster-".repeat(6)}${end}`);

  const own = (): Environment => {
    const { cluster, env } = session();
    return {
      KUBECONFIG: cluster.kubeconfig,
      NO_PROXY: env.NO_PROXY,
      no_proxy: env.no_proxy,
      KUBE_CONTEXT: cluster.context,
      REGISTRY_SERVER: cluster.registry.server,
      REGISTRY_CA_FILE: cluster.registry.caFile,
      REGISTRY_USERNAME: username,
      REGISTRY_PASSWORD: passwords[0],
      REGISTRY_NEW_PASSWORD: passwords[1],
    };
  };

  before(async () => {
    await clear();
    await setRegistryUser(username, passwords[0] ?? "");
  });
  after(() => removeRegistryUser(username));

  it("begins from what it is given, whatever an earlier run has left", async () => {
    // As one leaves it that was killed with the wrong password, and had another account.
    const { cluster, registry } = session();
    const earlier = { ...registry, username: "puller-of-earlier-run", password: "wrong" };
    const left = await openDevStack({ ...session(), registry: earlier, folder: folderOfContext(cluster.context) });
    await left.set("registryCheck", "off");

    const { code, stdout, stderr } = await local(own());
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assertShown(stdout);
  });

  it("is taken away from there, and nothing else is", async () => {
    const { context } = session().cluster;
    const script = `require("ts-node/register/transpile-only"); require("./local/own-cluster").destroyOnOwnCluster("${context}");`;
    const { code, stderr } = await tryRun(process.execPath, ["-e", script], { cwd: checkout, env: own() });
    assert.equal(code, 0, stderr);
    const namespaces = await runKubectl(session(), ["get", "namespaces", "-o", "name"]);
    assert.match(namespaces, /^namespace\/kube-system$/m);
    assert.doesNotMatch(namespaces, /^namespace\/fleet$/m);
    assert.equal(fs.existsSync(folderOfContext(context)), false);
  });

  it("keeps its stack in one folder, whatever the context is called", async () => {
    const state = fs.mkdtempSync(path.join(os.tmpdir(), "contexts-"));
    const folder = folderOfContext("arn:aws:eks:eu-central-1:123456789012:cluster/test", state);
    const stack = new Stack({ name: "dev", folder, tools: session().tools });
    await stack.init("config: {}\n");
    assert.ok(fs.existsSync(path.join(folder, "state", ".pulumi", "stacks")));
    fs.rmSync(state, { recursive: true });
  });

  it("asks for a registry in one sentence", async () => {
    const { code, stdout, stderr } = await local({ KUBE_CONTEXT: "mine", REGISTRY_SERVER: "registry.example.com" });
    assert.notEqual(code, 0);
    assert.match(stderr, /KUBE_CONTEXT uses your own cluster, which needs your own registry; set REGISTRY_USERNAME \(/);
    assert.doesNotMatch(`${stdout}${stderr}`, /\n\s+at /);
  });

  it("asks for a second password in one sentence", async () => {
    const { code, stdout, stderr } = await local({ ...own(), REGISTRY_NEW_PASSWORD: passwords[0] });
    assert.notEqual(code, 0);
    assert.match(stderr, /^REGISTRY_NEW_PASSWORD is the same as REGISTRY_PASSWORD, .*; set it to a second one\.$/m);
    assert.doesNotMatch(`${stdout}${stderr}`, /\n\s+at /);
  });
});

describe("make local", function () {
  this.timeout("8m");

  before(clear);

  it("deploys, rotates, has a wrong password refused and shows all of it, after one that was killed early too", async () => {
    const config = path.join(session().folder, "Pulumi.dev.yaml");
    await killLocal(() => fs.existsSync(config));

    const { code, stdout, stderr } = await local({ KUBE_CONTEXT: undefined });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stderr, /Clearing what a run that was killed has left/);
    assertShown(stdout);
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
