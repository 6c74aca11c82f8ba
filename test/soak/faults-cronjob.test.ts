import { strict as assert } from "node:assert";
import { eventually } from "../support/eventually";
import { assertFleetAnswers, type KubernetesObject, type Pod } from "../support/objects";
import { session } from "../support/session";
import { markdownTable } from "../support/report";
import { reportSoak } from "../support/soak-report";
import { succeeded, TestStack } from "../support/test-stack";

/** What test/e2e/faults-pods.test.ts shows of a run that waits, with the schedule itself, which takes minutes. */
describe("a scheduled run that has not pulled when a rotation starts", function () {
  this.timeout("8m");
  let stack: TestStack;
  let seen: readonly (readonly [what: string, seen: string])[] = [];

  before(async () => {
    const vulnProcessing = { dedicated: true, schedule: "* * * * *" };
    stack = await TestStack.createWithDatastores("cronjob-soak", "good", {
      "fleet:vulnProcessing": vulnProcessing,
    });
    await stack.deploy();
  });
  after(async () => {
    await stack.remove();
    if (seen.length > 0) await reportSoak("A scheduled run that waits", report(seen));
  });

  it("blocks every later one until it is deleted", async () => {
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
    succeeded(await stack.kubectl(["delete", "job", stuck]));
    const deleted = performance.now();
    const next = await eventually(async () => {
      const jobs = await stack.objects<KubernetesObject & { status: { succeeded?: number } }>("jobs");
      const runs = jobs.filter(({ metadata }) => metadata.name > stuck && metadata.name.startsWith("fleet-vuln"));
      const run = runs.find(({ status }) => status.succeeded === 1);
      assert.ok(run, "no later run has succeeded");
      return run.metadata.name;
    }, 150);
    const seconds = Math.round((performance.now() - deleted) / 1000);
    await assertFleetAnswers(stack);
    seen = [
      ["the run that could not pull", `\`${stuck}\``],
      ["what the cluster said of each later one that was due", `\`${held}\``],
      [`the first that succeeded, ${seconds} s after that one was deleted`, `\`${next}\``],
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
[Rotate](rotate.md#a-run-of-the-cronjob-that-was-waiting). Fleet answered at the end.

${markdownTable([["what", "seen"], ...seen])}`;
}
