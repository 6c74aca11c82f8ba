import { strict as assert } from "node:assert";
import { kubectl } from "../../local/session";
import { assertFleetAnswers, pullSecrets, type KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

describe("a stack", function () {
  this.timeout("5m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("lifecycle", "good");
  });
  after(() => stack.remove());

  it("previews a first deployment without touching the cluster", async () => {
    const plan = await stack.plan();
    assert.ok(plan.includes("create kubernetes:helm.sh/v3:Release fleet"), plan.join("\n"));
    const { items } = await kubectl<{ items: KubernetesObject[] }>(session(), ["get", "namespaces"]);
    assert.ok(!items.some(({ metadata }) => metadata.name === stack.namespace));
  });

  it("says what a person wants to know when it is up", async () => {
    await stack.deploy();
    const { server } = session().cluster.registry;
    const { pullSecretNames, clusterUid, ...outputs } = await stack.outputs();
    assert.deepEqual(outputs, {
      image: `${server}/fleetdm/fleet:v4.85.0`,
      namespace: stack.namespace,
      releaseRevision: 1,
      releaseStatus: "deployed",
      url: "https://fleet.localhost",
    });
    const [secret] = await pullSecrets(stack);
    assert.deepEqual(pullSecretNames, { [server]: secret?.metadata.name });
    const system = await kubectl<KubernetesObject>(session(), ["get", "namespace", "kube-system"]);
    assert.equal(clusterUid, system.metadata.uid);
  });

  it("repairs a pull Secret that was deleted by hand", async () => {
    const [secret] = await pullSecrets(stack);
    await stack.kubectl(["delete", "secret", secret?.metadata.name ?? ""]);
    await stack.deploy("--refresh");
    const [repaired] = await pullSecrets(stack);
    assert.notEqual(repaired?.metadata.name, secret?.metadata.name);
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan("--refresh"), []);
  });

  it("refuses another cluster than the one it belongs to", async () => {
    await stack.set("clusterUid", "00000000-0000-0000-0000-000000000000");
    for (const run of [await stack.preview(), await stack.up()]) {
      assert.match(failed(run), /fleet:clusterUid is 00000000-0000-0000-0000-000000000000, but this cluster's uid is/);
    }
    await stack.set("clusterUid", String((await stack.outputs()).clusterUid));
    assert.deepEqual(await stack.plan(), []);
  });

  it("takes everything with it when it is destroyed", async () => {
    succeeded(await stack.destroy());
    const { items } = await kubectl<{ items: KubernetesObject[] }>(session(), ["get", "namespaces"]);
    assert.ok(!items.some(({ metadata }) => metadata.name === stack.namespace));
  });
});
