import { strict as assert } from "node:assert";
import { assertRestarted, restartsOf, signalContainers } from "../support/containers";
import { eventually } from "../support/eventually";
import { Fault } from "../support/fault";
import { assertFleetAnswers, livingPods, pullSecrets, type KubernetesObject, type Pod } from "../support/objects";
import { onceAYear, succeeded, TestStack } from "../support/test-stack";

interface Job extends KubernetesObject {
  readonly status: {
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
  };
}

const oldRun = "run-of-the-old-secret";

/** A container that starts again needs its pod's Secret, although the image is on the node: see docs/rotate.md. */
describe("pods after a rotation", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("pods", "good");
    await stack.deploy();
  });
  after(() => stack.remove());

  it("start their containers again", async () => {
    const fault = await Fault.begin(stack, "Fleet", "the container of every kind of pod killed after a rotation");
    await stack.rotate();
    fault.upPasses(await stack.up());
    await killEveryKind("after-rotation");
    await fault.fleetAnswers("answers again, the same pods");
    await fault.recovered("nothing");
  });

  it("start their containers again after one that was refused", async () => {
    const name = "the container of every kind of pod killed after a refused rotation";
    const fault = await Fault.begin(stack, "Fleet", name);
    fault.upRefused(await stack.upWithWrongPassword(), /401 Unauthorized/);
    await killEveryKind("after-refusal");
    await fault.fleetAnswers("answers again, the same pods");
    await stack.rotate();
    await fault.recovered("the right password");
  });

  it("but a run of the CronJob that had not pulled yet never starts, and ends by itself", async () => {
    // Longer than `up` takes beside other tests: at the deadline the run's pod is gone.
    const vulnProcessing = { dedicated: true, schedule: onceAYear, deadlineSeconds: 90 };
    stack.edit((config) => (config["fleet:vulnProcessing"] = vulnProcessing));
    await stack.deploy();
    const name = "a run of the CronJob that has not pulled yet when the rotation starts";
    const fault = await Fault.begin(stack, "Fleet", name);
    const [secret] = await pullSecrets(stack);
    await stack.rotate();
    await startRun(oldRun, "v4.86.0");
    await eventually(() => assertCannotPull(oldRun));
    fault.upPasses(await stack.up());
    const pod = await assertCannotPull(oldRun);
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: secret?.metadata.name }]);
    assert.ok((await pullSecrets(stack)).every(({ metadata }) => metadata.name !== secret?.metadata.name));

    await startRun("run-of-the-new-secret");
    await eventually(async () => assert.equal((await run("run-of-the-new-secret")).status.succeeded, 1));
    await fault.fleetAnswers("answers; that run cannot start any more, a new one can");
    await eventually(async () => {
      const [failed] = (await run(oldRun)).status.conditions?.filter(({ type }) => type === "Failed") ?? [];
      assert.equal(failed?.reason, "DeadlineExceeded");
    }, 105);
    succeeded(await stack.kubectl(["delete", "job", oldRun])); // which no CronJob owns, and only Kubernetes' clock would delete
    await fault.recovered("nothing: its deadline");
  });

  /** Kills Fleet, MySQL, Valkey and a run of the CronJob while it works, and waits until each is back. */
  async function killEveryKind(name: string): Promise<void> {
    const pods = (await livingPods(stack)).map(({ metadata }) => metadata.name);
    const [mysql = ""] = pods.filter((pod) => pod.includes("mysql"));
    assert.equal(pods.length, 3, pods.join());
    const restarts = await Promise.all(pods.map((pod) => restartsOf(stack, pod)));

    await signalContainers(stack, mysql, "STOP"); // so that the run has something to wait for
    await startRun(name);
    const first = await eventually(async () => {
      const [pod] = await podsOf(name);
      assert.equal(pod?.status.phase, "Running");
      return pod?.metadata.name ?? "";
    });
    for (const pod of [first, ...pods]) await signalContainers(stack, pod, "KILL");

    await eventually(() => Promise.all(pods.map((pod, i) => assertRestarted(stack, pod, restarts[i] ?? 0))));
    await eventually(() => assertFleetAnswers(stack));
    // Its containers never restart: the Job makes another pod.
    await eventually(async () => assert.equal((await run(name)).status.succeeded, 1));
    assert.equal((await run(name)).status.failed, 1);
  }

  /** What the CronJob's controller does when a run is due. Of another tag than Fleet's, the node has no image. */
  async function startRun(name: string, tag = "v4.85.0"): Promise<void> {
    const from = ["create", "job", name, "--from=cronjob/fleet-vulnprocessing", "--dry-run=client", "-o", "json"];
    const job = succeeded(await stack.kubectl(from)).replace(/(fleetdm\/fleet):v[.0-9]+/, `$1:${tag}`);
    succeeded(await stack.kubectl(["create", "-f", "-"], job));
  }

  async function run(name: string): Promise<Job> {
    const [job] = await stack.objects<Job>("jobs", `--field-selector=metadata.name=${name}`);
    assert.ok(job, `no Job ${name}`);
    return job;
  }

  const podsOf = (name: string) => stack.objects<Pod>("pods", `--selector=job-name=${name}`);

  async function assertCannotPull(name: string): Promise<Pod> {
    const [pod] = await podsOf(name);
    assert.ok(pod, `no pod of ${name}`);
    assert.match(JSON.stringify(pod.status), /"reason":"(ErrImagePull|ImagePullBackOff)"/);
    return pod;
  }
});
