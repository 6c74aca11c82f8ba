import * as assert from "node:assert/strict";
import { existsSync, renameSync, statSync } from "node:fs";
import { createServer } from "node:net";

import * as local from "../../local/cluster";
import { commandOf, endProcesses, kill, markedProcesses } from "../../local/cluster/processes";
import { eventually } from "../support/eventually";
import { OwnCluster } from "../support/own-cluster";

const own = new OwnCluster("simulated");
const { folder, places } = own;
const start = () => own.start();
const kubectl = (args: string, input?: string) => own.kubectl(args, input);

const template = (labels: string) => `
  template:
    metadata: { labels: { ${labels} } }
    spec:
      initContainers: [{ name: init, image: "registry.example.com/init:1" }]
      containers: [{ name: main, image: "registry.example.com/main:1" }]`;

const workloads = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: server }
spec:
  replicas: 2
  selector: { matchLabels: { app: server } }${template("app: server")}
---
apiVersion: v1
kind: Service
metadata: { name: server }
spec: { selector: { app: server }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: database }
spec:
  serviceName: database
  selector: { matchLabels: { app: database } }${template("app: database")}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: migration }
spec:${template("app: migration").replace("spec:", "spec:\n      restartPolicy: Never")}
`;

describe("a cluster with a simulated node", function () {
  this.timeout(120_000);

  before(() => own.prepare());
  after(() => own.remove());

  it("starts once, for two that ask at the same time, and then answers at once", async () => {
    await own.startOnce();
    assert.deepEqual([own.cluster.node, own.cluster.address], ["simulated", "127.0.0.1"]);
    assert.match(await kubectl("get nodes --no-headers"), /^fleet-local +Ready/);
    assert.equal(statSync(own.cluster.kubeconfig).mode & 0o077, 0);
  });

  it("has pods that become ready, Jobs that complete and claims that get a volume", async () => {
    await kubectl("apply -f -", workloads);
    await kubectl("rollout status deployment/server --timeout=30s");
    await kubectl("rollout status statefulset/database --timeout=30s");
    await kubectl("wait --for=condition=complete --timeout=30s job/migration");
    assert.equal(await kubectl("get pvc -o jsonpath={..status.phase}"), "Bound");
    const addresses =
      (await kubectl("get endpointslices -l kubernetes.io/service-name=server -o jsonpath={..addresses}")) || "";
    assert.equal(addresses.match(/10\.244\./g)?.length, 2, addresses);
  });

  it("replaces the pods of a changed Deployment one after the other", async () => {
    const names = async () => (await kubectl("get pods -l app=server -o jsonpath={..metadata.name}")).split(" ");
    const before = await names();
    await kubectl("set image deployment/server main=registry.example.com/main:2");
    await kubectl("rollout status deployment/server --timeout=30s");
    await eventually(async () => assert.equal((await names()).length, 2));
    assert.deepEqual(
      (await names()).filter((name) => before.includes(name)),
      [],
    );
  });

  it("removes volumes with their claims", async () => {
    await kubectl("delete statefulset/database pvc/data-database-0");
    await eventually(async () => assert.equal(await kubectl("get persistentvolumes -o name"), ""));
  });

  it("has a registry that asks for a password", async () => {
    await local.pushImages(folder);
    await local.setRegistryUser("puller", "good", folder);
    await local.stopRegistry(folder);
    assert.equal(await own.found(), undefined);
    await local.startRegistry(folder);
    assert.deepEqual(await own.found(), own.cluster);
  });

  it("is repaired when any one of its components was killed, with its pods as they were", async () => {
    const names = () => kubectl("get pods -o jsonpath={..metadata.uid}");
    const pods = await names();
    const processes = markedProcesses(places);
    assert.equal(processes.length, 6, processes.map((pid) => commandOf(pid)).join());
    for (const pid of processes) {
      await kill(pid);
      assert.equal(await own.found(), undefined);
      await own.startAgain();
    }
    assert.equal(await names(), pods);
  });

  it("comes back at the same address after all of it was killed, and is made anew where that is taken", async () => {
    await local.restartNode(folder);
    assert.deepEqual(await own.found(), own.cluster);
    await kubectl("rollout status deployment/server --timeout=30s");

    await endProcesses(places);
    const [, port = ""] = own.cluster.registry.server.split(":");
    const other = createServer();
    await eventually(
      () =>
        new Promise<void>((resolve, reject) => other.once("error", reject).listen(Number(port), "127.0.0.1", resolve)),
    );
    try {
      await start();
      assert.notEqual(own.cluster.registry.server, `127.0.0.1:${port}`);
      assert.equal(await kubectl("get deployments -o name"), "");
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it("leaves nothing behind, nor when its files are gone", async () => {
    await own.stop();
    assert.deepEqual(markedProcesses(places), []);
    assert.ok(!existsSync(folder));
    await own.stop();

    await start();
    renameSync(folder, `${folder}.lost`);
    await own.stop();
    assert.deepEqual(markedProcesses(places), []);
  });
});
