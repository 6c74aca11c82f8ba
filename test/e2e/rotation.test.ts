import { strict as assert } from "node:assert";
import { session } from "../support/session";
import { assertFleetAnswers, fleetPods, livingPods, pullSecrets, type KubernetesObject } from "../support/objects";
import { TestStack } from "../support/test-stack";

/** What a changed password may touch, in the order of `plan()`. */
function rotationPlan(server: string): string[] {
  const slug = server.replaceAll(/[.:]/g, "-");
  return [
    "replace kubernetes:batch/v1:Job fleet-pull-check",
    `replace kubernetes:core/v1:Secret fleet-${slug}`,
    "update kubernetes:apps/v1:StatefulSet fleet-mysql",
    "update kubernetes:apps/v1:StatefulSet fleet-valkey",
    "update kubernetes:helm.sh/v3:Release fleet",
  ];
}

describe("rotation", function () {
  this.timeout("5m");
  let stack: TestStack;
  let oldSecret = "";

  const checks = () =>
    stack.objects<KubernetesObject>("jobs", "--selector=app.kubernetes.io/component=image-pull-check");

  before(async () => {
    const image = `${session().cluster.registry.server}/fleetdm/fleet:v4.86.0`;
    stack = await TestStack.create("rotation", "first password", {
      "fleet:pullCheckImages": [{ image, command: ["/usr/bin/fleet", "version"] }],
    });
  });
  after(() => stack.remove());

  it("deploys Fleet from the private registry on the first up", async () => {
    await stack.deploy();
    await assertFleetAnswers(stack);
    const secrets = await pullSecrets(stack);
    assert.deepEqual(
      secrets.map(({ type, immutable }) => [type, immutable]),
      [["kubernetes.io/dockerconfigjson", true]],
    );
    oldSecret = secrets[0]?.metadata.name ?? "";
    for (const pod of await livingPods(stack)) {
      assert.deepEqual(pod.spec.imagePullSecrets, [{ name: oldSecret }], pod.metadata.name);
    }
  });

  it("previews an unchanged stack as empty", async () => {
    assert.deepEqual(await stack.plan(), []);
    assert.deepEqual(await stack.plan("--refresh"), []);
  });

  it("previews a new password as exactly what it will replace and update", async () => {
    await stack.accept("second password");
    await stack.setPassword("second password");
    assert.deepEqual(await stack.plan(), rotationPlan(session().cluster.registry.server));
    const { stdout } = await stack.preview("--diff");
    assert.match(stdout, /\.dockerconfigjson: \[secret\] => \[secret\]/);
    assert.match(stdout, new RegExp(`"${oldSecret}" => "fleet-[-a-z0-9]+"`));
  });

  it("rolls every workload to the new Secret and deletes the old one", async () => {
    const before = await fleetPods(stack);
    await stack.deploy();
    const [secret, ...others] = await pullSecrets(stack);
    assert.deepEqual(others, []);
    assert.notEqual(secret?.metadata.name, oldSecret);
    assert.notEqual(await fleetPods(stack), before);
    for (const pod of await livingPods(stack)) {
      assert.deepEqual(pod.spec.imagePullSecrets, [{ name: secret?.metadata.name }], pod.metadata.name);
    }
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan(), []);
  });

  it("takes the check away when it is switched off, and leaves nothing of it behind", async () => {
    await stack.set("pullCheck", "false");
    assert.deepEqual(await stack.plan(), [
      "delete fleet:index:ImagePullCheck fleet-pull-check",
      "delete kubernetes:batch/v1:Job fleet-pull-check",
    ]);
    await stack.deploy();
    assert.deepEqual(await checks(), []);
    const pods = await stack.objects("pods", "--selector=app.kubernetes.io/component=image-pull-check");
    assert.deepEqual(pods, []);
    assert.deepEqual(await stack.plan(), []);
  });
});
