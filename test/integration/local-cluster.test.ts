import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync, renameSync, statSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import * as local from "../../local/cluster";
import { cgroupFolders } from "../../local/cluster/cgroups";
import { findNode } from "../../local/cluster/node";
import { readState, writeState } from "../../local/cluster/state";
import { run } from "../../commands/process";
import { OwnCluster } from "../support/own-cluster";
import { needsRealNode } from "../support/session";

// Where it lies, every component's configuration has to quote its paths.
const own = new OwnCluster("real", "/mnt/local cluster ", `it's a "checkout"`);
const { folder, places } = own;
const start = () => own.start();
const kubectl = (args: string, input?: string) => own.kubectl(args, input);
const password = `a "strange" $password% ${"é".repeat(2000)}`;

function linked(name: string, target: string): string {
  const link = path.join(own.place, name);
  symlinkSync(target, link);
  return link;
}

async function eventually(what: string, check: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await check())) {
    if (performance.now() > end) assert.fail(`not within ${seconds} s: ${what}`);
    await sleep(200);
  }
}

/** What this machine has of the things that a node could leave behind. */
async function traces(): Promise<Record<string, string>> {
  const paths = ["/tmp/hostpath_pv", "/run/containerd", "/run/netns", "/etc/cni/net.d", "/opt/containerd"].concat(
    ["kubelet", "cni", "containerd"].map((name) => `/var/lib/${name}`),
    ["/var/log/pods", "/var/log/containers", "/usr/libexec/kubernetes"],
  );
  const settings = ["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"];
  const rules = await run("iptables-save", []);
  return {
    mounts: readFileSync("/proc/mounts", "utf8"),
    link: String(existsSync(`/sys/class/net/${places.link}`)),
    cgroups: [...cgroupFolders(places.cgroup), ...cgroupFolders("k8s.io")].join(),
    processes: processes((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder)).join(),
    packetFilter: rules.replace(/^#.*$|\[\d+:\d+\]/gm, ""),
    paths: paths.filter((name) => existsSync(name)).join(),
    settings: settings.map((name) => readFileSync(`/proc/sys/${name}`, "utf8")).join(),
  };
}

function processes(matches: (pid: string) => boolean): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && matches(pid);
    } catch {
      return false; // it ended meanwhile
    }
  });
}

function pullSecret(name: string, secret: string): string {
  const auths = { [own.cluster.registry.server]: { username: "puller", password: secret } };
  const stringData = { ".dockerconfigjson": JSON.stringify({ auths }) };
  const type = "kubernetes.io/dockerconfigjson";
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name }, type, stringData });
}

const pod = (name: string, image: string, secret: string, spec = "", container = "") => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  imagePullSecrets: [{ name: ${secret} }]
  containers: [{ name: main, image: "${own.cluster.registry.server}/${image}", ${container} }]
  ${spec}
---`;

const anyUser = "securityContext: { runAsUser: 999 }";
const volume = "volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]";
const workloads = () => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }
---
${pod("cache", "valkey/valkey:8.1.4", "right", volume, `volumeMounts: [{ name: data, mountPath: /data }], ${anyUser}`)}
${pod("refused", "fleetdm/fleet:v4.85.0", "wrong")}
apiVersion: batch/v1
kind: CronJob
metadata: { name: minutely }
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          imagePullSecrets: [{ name: right }]
          containers: [{ name: main, image: "${own.cluster.registry.server}/fleetdm/fleet:v4.86.0", args: [version] }]
`;

describe("the local cluster", function () {
  this.timeout(120_000);
  let untouched: Record<string, string>;
  let umask: number | undefined;

  before(async function () {
    needsRealNode(this, "the local cluster's own tests");
    umask = process.umask(0o077); // as a hardened machine's
    await own.prepare((tools) => {
      if (tools.kind === "simulated") return tools;
      const { runc, cniBinDir } = tools;
      return { ...tools, runc: linked("runc #1", runc), cniBinDir: linked("CNI plugins", cniBinDir) };
    });
    untouched = await traces();
  });

  after(async () => {
    if (umask !== undefined) process.umask(umask);
    await own.remove();
  });

  it("starts once, for two that ask at the same time, and then answers at once", async () => {
    await own.startOnce();
    assert.match(await kubectl("get nodes --no-headers"), /^fleet-local +Ready/);
    assert.equal(statSync(own.cluster.kubeconfig).mode & 0o077, 0);
  });

  it("starts where the kernel tracks no connections yet: kube-proxy leaves their timeouts as they are", async () => {
    const timeouts = ["established", "close_wait"].map(
      (state) => `/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_${state}`,
    );
    const { stdout } = await local.runInNode("cat", timeouts, {}, folder);
    assert.equal(stdout, await run("unshare", ["--net", "cat", ...timeouts]));
  });

  it("pulls with the right password, and says 401 for a wrong one", async () => {
    await local.pushImages(folder);
    await local.setRegistryUser("puller", password, folder);
    await kubectl("apply -f -", pullSecret("right", password));
    await kubectl("apply -f -", pullSecret("wrong", "something else"));
    await kubectl("apply -f -", workloads());
    await kubectl("wait --for=condition=Ready --timeout=60s pod/cache");
    await eventually("401", async () => {
      const reason = await kubectl("get pod refused -o jsonpath={..waiting.reason}");
      return reason.includes("Image") && (await kubectl("get events -o jsonpath={..message}")).includes("401 Unauth");
    });
    assert.match(readFileSync(own.cluster.registry.logFile, "utf8"), /"GET \/v2\/valkey\/valkey\/blobs.*containerd/);
  });

  it("gives Services names that pods find", async () => {
    await kubectl("expose pod cache --port=6379");
    const ping = () => kubectl("exec cache -- valkey-cli -h cache.default.svc ping").catch(String);
    await eventually("PONG", async () => (await ping()).trim() === "PONG");
    await assert.rejects(kubectl("exec cache -- valkey-cli -h no-such-name ping"), /no such host/);
  });

  it("provides volumes that any user can write, and removes them with their claim", async () => {
    const place = path.join(places.folder, "tmp", "hostpath_pv");
    const modes = readdirSync(place).map((name) => statSync(path.join(place, name)).mode & 0o777);
    assert.deepEqual(modes, [0o777]);
    await kubectl("delete pod/cache pvc/data");
    await eventually("no volume", () => Promise.resolve(readdirSync(place).length === 0));
    await kubectl("apply -f -", pod("cache", "valkey/valkey:8.1.4", "right"));
    await kubectl("wait --for=condition=Ready --timeout=60s pod/cache");
  });

  it("runs CronJobs", () =>
    eventually("a completed job", async () => /1\/1/.test(await kubectl("get jobs --no-headers")), 90));

  it("refuses, then serves again, while the registry is stopped and started", async () => {
    await local.stopRegistry(folder);
    assert.equal(await own.found(), undefined);
    await local.startRegistry(folder);
    assert.deepEqual(await own.found(), own.cluster);
  });

  it("restarts the API server", async () => {
    await local.restartApiServer(folder);
    assert.match(await kubectl("get nodes --no-headers"), /^fleet-local/);
  });

  it("is repaired when any one of its components was killed", async () => {
    const node = findNode(places);
    const components = readdirSync(places.pids);
    assert.equal(components.length, 10);
    for (const component of components) {
      const pid = readFileSync(path.join(places.pids, component), "utf8").trim();
      await local.runInNode("/bin/sh", ["-c", `kill -9 ${pid}`], {}, folder);
      await eventually(`${component} is gone`, async () => (await own.found()) === undefined);
      await own.startAgain();
      assert.equal(findNode(places), node, component);
    }
  });

  it("comes back with its pods after the node was killed, and after a restart", async () => {
    const restarts = async () =>
      Number(await kubectl("get pod cache -o jsonpath={.status.containerStatuses[0].restartCount}"));
    const count = await restarts();
    process.kill(findNode(places) ?? assert.fail("no node"), "SIGKILL");
    await eventually("the node is gone", () => Promise.resolve(findNode(places) === undefined));
    await own.startAgain();
    await eventually("a restarted pod", async () => (await restarts()) > count);
    await local.restartNode(folder);
    await eventually("a pod restarted again", async () => (await restarts()) > count + 1);
    await kubectl("wait --for=condition=Ready --timeout=60s pod/cache");
  });

  it("goes on with a start that was killed when all of it ran, and before its last object was made", async () => {
    const state = readState(places) ?? assert.fail("no state");
    writeState(places, { ...state, wasReady: false });
    await kubectl("delete storageclass local");
    await own.startAgain();
    await kubectl("get storageclass local");
  });

  it("leaves nothing behind: no process, mount, network link, cgroup, rule, setting or file", async () => {
    const namespace = readlinkSync(`/proc/${findNode(places) ?? assert.fail("no node")}/ns/net`);
    const inside = () => processes((pid) => readlinkSync(`/proc/${pid}/ns/net`) === namespace);
    assert.ok(inside().length > 10);
    await own.stop();
    assert.deepEqual(await traces(), untouched);
    assert.deepEqual(inside(), []);
    assert.ok(!existsSync(folder));
    await own.stop();
  });

  it("starts after starts that were killed half-way, and stops when its files are gone", async () => {
    const script = "require(process.argv[1]).startCluster(JSON.parse(process.argv[2]), process.argv[3])";
    const args = ["-r", "tsx/cjs", "-e", script, path.resolve("local/cluster")];
    for (const milliseconds of [1000, 1300, 1700, 2500, 4000]) {
      const child = spawn(process.execPath, [...args, JSON.stringify(own.preparedTools), folder]);
      await Promise.race([once(child, "exit"), sleep(milliseconds)]);
      child.kill("SIGKILL");
    }
    await start();
    assert.match(await kubectl("get nodes --no-headers"), /^fleet-local/);
    renameSync(folder, `${folder}.lost`);
    await own.stop();
    assert.deepEqual(await traces(), untouched);
  });
});
