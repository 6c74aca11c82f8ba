import { strict as assert } from "node:assert";
import { Fault } from "../support/fault";
import { session } from "../support/session";
import {
  assertFleetAnswers,
  fleetPods,
  livingPods,
  pullSecrets,
  type KubernetesObject,
  type Pod,
} from "../support/objects";
import { upToRefusal } from "../support/refused-up";
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

/** The part of a Job, and of a CronJob's template of one, that the tests look at. */
interface JobSpec {
  readonly template: { readonly spec: Pod["spec"] };
}

describe("rotation", function () {
  this.timeout("5m");
  let stack: TestStack;
  let oldSecret = "";

  const checks = () =>
    stack.objects<KubernetesObject & { spec: JobSpec }>(
      "jobs",
      "--selector=app.kubernetes.io/component=image-pull-check",
    );
  /** Of another tag than Fleet's. */
  const image = (tag: string) => `${session().cluster.registry.server}/fleetdm/fleet:${tag}`;
  const alsoChecked = (tag: string) => [{ image: image(tag), command: ["/usr/bin/fleet", "version"] }];

  before(async () => {
    stack = await TestStack.create("rotation", "first password", { "fleet:pullCheckImages": alsoChecked("v4.86.0") });
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

  it("checks the images that pullCheckImages names as well", async () => {
    const containers = (await checks()).flatMap(({ spec }) => spec.template.spec.containers);
    assert.deepEqual(
      containers.map(({ name }) => name),
      ["fleet", "mysql", "valkey", "fleet-2"],
    );
    assert.equal(containers.at(-1)?.image, image("v4.86.0"));
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

  it("rolls every workload to the new Secret and deletes the old one, last of all", async () => {
    const before = await fleetPods(stack);
    const output = await stack.deploy();
    const ended = [...output.matchAll(/kubernetes:(\S+) \S+ (created replacement|updated|deleted original)/g)];
    assert.deepEqual(ended.map(([, type, what]) => `${what} ${type}`).slice(-3), [
      "updated helm.sh/v3:Release",
      "deleted original batch/v1:Job",
      "deleted original core/v1:Secret",
    ]);
    const [secret, ...others] = await pullSecrets(stack);
    assert.deepEqual(others, []);
    assert.notEqual(secret?.metadata.name, oldSecret);
    assert.notEqual(await fleetPods(stack), before);
    for (const pod of await livingPods(stack)) {
      assert.deepEqual(pod.spec.imagePullSecrets, [{ name: secret?.metadata.name }], pod.metadata.name);
    }
    const [cronJob] = await stack.objects<{ spec: { jobTemplate: { spec: JobSpec } } }>("cronjobs");
    const run = cronJob?.spec.jobTemplate.spec.template.spec;
    assert.deepEqual(run?.imagePullSecrets, [{ name: secret?.metadata.name }]);
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan(), []);
  });

  it("is refused when an image that pullCheckImages names cannot be pulled", async () => {
    const fault = await Fault.begin(stack, "Registry", "has no image of a name in `pullCheckImages`");
    stack.edit((config) => (config["fleet:pullCheckImages"] = alsoChecked("v9.9.9")));
    fault.upRefused(await upToRefusal(stack), /"\S+\/fleetdm\/fleet:v9\.9\.9": \S+: not found/);
    await fault.fleetUntouched();
    stack.edit((config) => (config["fleet:pullCheckImages"] = alsoChecked("v4.86.0")));
    await fault.recovered("the right tag");
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
