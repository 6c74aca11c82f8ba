import assert from "node:assert/strict";
import { UserError } from "../../components/user-error";
import { record } from "./support/recording";
import type { World } from "./support/fake-providers";

const cluster: World = { objects: { "kube-system": { metadata: { name: "kube-system", uid: "uid-of-cluster" } } } };

const ask = (expected: string | undefined, world: World) =>
  record(async () => {
    const { clusterUid } = await import("../../components/cluster");
    return clusterUid(expected).catch((error: unknown) => error);
  }, world);

describe("clusterUid", function () {
  this.timeout(20_000); // for a busy machine
  it("is the uid of kube-system, read and not made, in a preview too", async () => {
    for (const preview of [false, true]) {
      const { result, recording } = await ask(undefined, { ...cluster, preview });
      assert.equal(result, "uid-of-cluster");
      assert.deepEqual(recording.tree(), ["kubernetes:core/v1:Namespace kubernetes:context"]);
      assert.equal(recording.get("Namespace kubernetes:context").read, "kube-system");
    }
  });

  it("takes the expected cluster", async () => {
    assert.equal((await ask("uid-of-cluster", cluster)).result, "uid-of-cluster");
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

  it("ends with the key that leads nowhere when the cluster does not answer", async () => {
    await assert.rejects(
      ask("uid-of-cluster", { objects: {} }),
      new RegExp("Namespace kubernetes:context cannot be read"),
    );
  });
});
