import { strict as assert } from "node:assert";
import { eventually } from "../support/eventually";
import { assertFleetAnswers, pullSecrets, type KubernetesObject, type Pod } from "../support/objects";
import { session } from "../support/session";
import { markdownTable } from "../support/report";
import { reportSoak } from "../support/soak-report";
import { succeeded, TestStack } from "../support/test-stack";

/** Seconds that a run may take: longer than the rotation, so that it is seen that the run holds later ones back. */
const deadline = 120;

interface Job extends KubernetesObject {
  readonly status: {
    readonly succeeded?: number;
    readonly startTime: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly reason?: string;
      readonly lastTransitionTime: string;
    }[];
  };
  readonly spec: { readonly activeDeadlineSeconds?: number };
}

/** What test/e2e/faults-pods.test.ts shows of a run that waits, with the schedule itself, which takes minutes. */
describe("a scheduled run that has not pulled when a rotation starts", function () {
  this.timeout("8m");
  let stack: TestStack;
  let seen: readonly (readonly [what: string, seen: string])[] = [];

  before(async () => {
    const vulnProcessing = { dedicated: true, schedule: "* * * * *", deadlineSeconds: deadline };
    stack = await TestStack.createWithDatastores("cronjob-soak", "good", {
      "fleet:vulnProcessing": vulnProcessing,
    });
    await stack.deploy();
  });
  after(async () => {
    await stack.remove();
    if (seen.length > 0) await reportSoak("A scheduled run that waits", report(seen));
  });

  it("holds back every later one until its time is up, and nobody has to do anything", async () => {
    await stack.rotate();
    // Of another tag, the node has no image, as a new node has none; the release puts the tag right again.
    const value = `${session().cluster.registry.server}/fleetdm/fleet:v4.86.0`;
    const patch = [{ op: "replace", path: "/spec/jobTemplate/spec/template/spec/containers/0/image", value }];
    const cronJob = ["cronjob", "fleet-vulnprocessing"];
    succeeded(await stack.kubectl(["patch", ...cronJob, "--type=json", "--patch", JSON.stringify(patch)]));
    const stuck = await eventually(waitingRun, 120);
    await stack.deploy();

    const held = await eventually(async () => {
      const events = await stack.kubectl(["get", "events", "--field-selector=reason=JobAlreadyActive"]);
      const [message] = /Not starting job .* concurrency policy is Forbid/.exec(events.stdout) ?? [];
      assert.ok(message, events.stdout);
      return message;
    }, 150);
    assert.equal(await waitingRun(), stuck);
    const { stopped, next } = await eventually(async () => {
      const runs = await stack.objects<Job>("jobs", "--sort-by=.metadata.creationTimestamp");
      const ended = runs.find(({ metadata }) => metadata.name === stuck);
      const stopped = ended?.status.conditions?.find(({ type }) => type === "Failed");
      assert.ok(ended !== undefined && stopped !== undefined, "the run that cannot pull still waits");
      assert.equal(ended.spec.activeDeadlineSeconds, deadline);
      assert.equal(stopped.reason, "DeadlineExceeded");
      const later = runs.filter(({ metadata }) => metadata.name > stuck && metadata.name.startsWith("fleet-vuln"));
      const next = later.find(({ status }) => status.succeeded === 1);
      assert.ok(next, "no later run has succeeded");
      return { stopped, next };
    }, deadline + 60);
    const seconds = (Date.parse(next.status.startTime) - Date.parse(stopped.lastTransitionTime)) / 1000;
    // The one that was due meanwhile starts at once, and not at the schedule's next minute.
    assert.ok(seconds <= 15, `${next.metadata.name} started ${seconds} s after the end of ${stuck}`);
    const [pod] = await stack.objects<Pod>("pods", `--selector=job-name=${next.metadata.name}`);
    const [secret] = await pullSecrets(stack);
    assert.deepEqual(pod?.spec.imagePullSecrets, [{ name: secret?.metadata.name }]);
    await assertFleetAnswers(stack);
    seen = [
      [`the run that could not pull, with a deadline of ${deadline} s`, `\`${stuck}\``],
      ["what the cluster said of each later one that was due", `\`${held}\``],
      ["how it ended", `\`${stopped.reason}\``],
      [`the next, which started ${seconds} s after that and pulled with the new Secret`, `\`${next.metadata.name}\``],
    ];
  });

  /** The Job of a pod that cannot pull. */
  async function waitingRun(): Promise<string> {
    const pods = await stack.objects<Pod>("pods", "--selector=job-name");
    const waiting = pods.find(({ status }) =>
      /"reason":"(ErrImagePull|ImagePullBackOff)"/.test(JSON.stringify(status)),
    );
    assert.ok(waiting, "no run waits");
    return waiting.metadata.labels?.["job-name"] ?? "";
  }
});

function report(seen: readonly (readonly [what: string, seen: string])[]): string {
  return `A CronJob that is due every minute, with a run that could not pull its image when the rotation began: see
[Rotate](rotate.md#a-run-of-the-cronjob-that-was-waiting). Nothing was done by hand. Fleet answered at the end.

${markdownTable([["what", "seen"], ...seen])}`;
}
