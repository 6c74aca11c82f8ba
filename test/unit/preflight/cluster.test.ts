import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../../components/user-error";
import { record } from "../support/recording";
import type { World } from "../support/fake-providers";

const cluster: World = { objects: { "kube-system": { metadata: { name: "kube-system", uid: "uid-of-cluster" } } } };

/** What the engine prints over the provider's words where the read fails. */
const readName =
  "kubernetes:context; if nothing answers, check it and kubernetes:kubeconfig with kubectl get ns kube-system";

const ask = (expected: string | undefined, world: World) =>
  record(async () => {
    const { clusterUid } = await import("../../../preflight/cluster");
    return clusterUid(expected).catch((error: unknown) => error);
  }, world);

describe("clusterUid", function () {
  this.timeout(20_000); // for a busy machine
  it("is the uid of kube-system, read and not made, in a preview too", async () => {
    for (const preview of [false, true]) {
      const { result, recording } = await ask(undefined, { ...cluster, preview });
      assert.equal(result, "uid-of-cluster");
      assert.deepEqual(recording.tree(), [`kubernetes:core/v1:Namespace ${readName}`]);
      assert.equal(recording.get(`Namespace ${readName}`).read, "kube-system");
    }
  });

  it("takes the expected cluster", async () => {
    assert.equal((await ask("uid-of-cluster", cluster)).result, "uid-of-cluster");
  });

  it("is nothing in a preview that cannot know the cluster yet, and ends", async () => {
    const notMadeYet: World = { objects: { "kube-system": {} }, preview: true };
    assert.equal((await ask("uid-of-other", notMadeYet)).result, undefined);
  });

  it("refuses another one", async () => {
    const { result } = await ask("uid-of-other", cluster);
    assert.ok(result instanceof UserError);
    assert.equal(
      result.message,
      "fleet:clusterUid is uid-of-other, but this cluster's uid is uid-of-cluster; " +
        "set kubernetes:context to the cluster that this stack belongs to, " +
        "or, if it moved, run `pulumi config set clusterUid uid-of-cluster`",
    );
  });

  it("warns of one that is silent, once, and waits on", async () => {
    const warnings: string[] = [];
    const { warn } = console;
    const { result } = await record(async () => {
      const monitor = pulumi.runtime.getMonitor() as unknown as { readResource(...args: unknown[]): void };
      const read = monitor.readResource.bind(monitor);
      monitor.readResource = (...args) => void setTimeout(() => read(...args), 300);
      console.warn = (text: string) => warnings.push(text);
      const { clusterUid } = await import("../../../preflight/cluster");
      return [await clusterUid(undefined, {}, 0.05), await clusterUid(undefined, {}, 10)];
    }, cluster).finally(() => (console.warn = warn));
    assert.deepEqual(result, ["uid-of-cluster", "uid-of-cluster"]);
    assert.deepEqual(warnings, [
      "warning: [runtime] kubernetes:context leads to a cluster that has not answered for 0.05 s; " +
        "check it and kubernetes:kubeconfig with kubectl get ns kube-system",
    ]);
  });

  it("ends with the key that leads nowhere, and the fix, when the cluster does not answer", async () => {
    await assert.rejects(ask("uid-of-cluster", { objects: {} }), { message: `Namespace ${readName} cannot be read` });
  });
});
