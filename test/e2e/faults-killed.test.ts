import { strict as assert } from "node:assert";
import { assertRecovered, Fault } from "../support/fault";
import {
  endLeftovers,
  helmIsDone,
  killUp,
  machineIsGone,
  pendingOperations,
  pendingRevisions,
  type Beginning,
} from "../support/killed-up";
import { foundIn, repair, tryRepair } from "../support/repair-command";
import { livingPods, pullSecrets, type KubernetesObject } from "../support/objects";
import { succeeded, TestStack } from "../support/test-stack";

const left = "`pulumi cancel`";
const repaired = "`pulumi cancel`, `make repair`";
const wait = "a wait until Helm is done";

describe("an up that is killed", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("killed", "good");
    await stack.deploy();
  });
  after(async () => {
    endLeftovers();
    await stack.remove();
  });

  /** A new password, and a fault in its rotation. */
  async function rotate(name: string): Promise<Fault> {
    await stack.rotate();
    const fault = await Fault.begin(stack, "Pulumi", name);
    fault.upWas("killed");
    return fault;
  }

  const cancel = () => stack.tryPulumi(["cancel", "--yes", "--stack", stack.name]).then(succeeded);
  const jobs = async () => (await stack.objects<KubernetesObject>("jobs")).map(({ metadata }) => metadata.name);
  const checks = async () => (await jobs()).filter((name) => name.startsWith("fleet-pull-check"));
  const begins = (begun: readonly Beginning[], operation: string, resource: string) =>
    begun.some(({ op, name }) => op === operation && name === resource);
  const migrates = async (begun: readonly Beginning[]) =>
    begins(begun, "update", "fleet") && (await jobs()).includes("fleet-migration");

  it("before its first operation has changed nothing", async () => {
    const fault = await rotate("`up` killed before its first operation");
    assert.deepEqual(await killUp(stack, () => true), []);
    await fault.fleetUntouched();
    await cancel();
    await fault.recovered(left);
  });

  const duringCheck = async (): Promise<string[]> => {
    const before = await jobs();
    const moment = async (begun: readonly Beginning[]) =>
      begins(begun, "create-replacement", "fleet-pull-check") && (await jobs()).length > before.length;
    return killUp(stack, moment);
  };

  it("during the pull check leaves one Job, which make repair takes away", async () => {
    const fault = await rotate("`up` killed while the pull check runs");
    assert.deepEqual(await duringCheck(), ["creating fleet-pull-check"]);
    await fault.fleetUntouched();
    assert.equal((await pullSecrets(stack)).length, 2);

    const locked = await tryRepair(stack);
    assert.equal(locked.code, 1);
    assert.match(
      locked.stderr,
      /\nThe state of killed is locked: [^]*\nIf no update runs: pulumi cancel --stack killed, and/,
    );
    assert.equal((await checks()).length, 2);
    await cancel();

    const asking = await tryRepair(stack, {});
    assert.equal(asking.code, 1);
    assert.match(asking.stderr, /Nobody can be asked here; to go on: make repair STACK=killed YES=1/);
    const found = await repair(stack);
    assert.deepEqual(found, foundIn(asking.stdout));
    assert.equal(found.length, 2, found.join("\n"));
    assert.equal(found[0], "the state takes for unfinished: creating fleet-pull-check");
    assert.match(found[1] ?? "", /^the Job fleet-pull-check-[0-9a-f]{8} is in no state$/);
    await fault.recovered(repaired);
  });

  it("warns of the create that it lost sight of, until make repair clears it", async () => {
    await stack.rotate();
    await duringCheck();
    await cancel();
    await stack.deploy();
    assert.match(
      (await stack.up()).stdout,
      /warning: Attempting to deploy or update resources with 1 pending operations/,
    );
    assert.equal((await repair(stack)).length, 2);
    assert.deepEqual(await pendingOperations(stack), []);
    await assertRecovered(stack);
    assert.deepEqual(await repair(stack), []);
  });

  it("while the migration Job runs lets Helm finish", async () => {
    const fault = await rotate("`up` killed while the migration Job runs");
    assert.deepEqual(await killUp(stack, migrates), ["updating fleet"]);
    await fault.fleetAnswers();
    await cancel();
    await helmIsDone(stack);
    await fault.recovered(`${left}, ${wait}`);
  });

  it("while the Deployment rolls lets Helm finish", async () => {
    const fault = await rotate("`up` killed while the Deployment rolls");
    const moment = async (begun: readonly Beginning[]) =>
      begins(begun, "update", "fleet") && (await livingPods(stack, "--selector=component=fleet-server")).length > 1;
    assert.deepEqual(await killUp(stack, moment), ["updating fleet"]);
    await fault.fleetAnswers();
    await cancel();
    await helmIsDone(stack);
    await fault.recovered(`${left}, ${wait}`);
  });

  it("after the release leaves the old Job and Secret to the next one", async () => {
    const fault = await rotate("`up` killed while the old Job and Secret are deleted");
    const [oldJob = ""] = await checks();
    // The next step waits for the Job to be gone, however slow this machine is.
    const hold = async (finalizers: readonly string[]) =>
      succeeded(
        await stack.kubectl([
          "patch",
          "job",
          oldJob,
          "--type=merge",
          "-p",
          JSON.stringify({ metadata: { finalizers } }),
        ]),
      );
    await hold(["test.example.com/hold"]);
    const moment = async (begun: readonly Beginning[]) =>
      begins(begun, "delete-replaced", "fleet-pull-check") &&
      (await stack.kubectl(["get", "job", oldJob, "-o", "jsonpath={.metadata.deletionTimestamp}"])).stdout !== "";
    assert.deepEqual(await killUp(stack, moment), ["deleting fleet-pull-check"]);
    assert.equal((await checks()).length, 2);
    assert.equal((await pullSecrets(stack)).length, 2);
    await hold([]);
    await fault.fleetAnswers();
    await cancel();
    await fault.recovered(left);
  });

  it("together with its plugins leaves a revision that Helm takes for its own, which make repair takes away", async () => {
    const fault = await rotate("`up` and its plugins killed while the migration Job runs: the machine is gone");
    await killUp(stack, migrates);
    machineIsGone(stack);
    const revision = /v(\d+)$/.exec(await pendingRevisions(stack))?.[1];
    assert.ok(revision, "Helm has no pending revision");
    await fault.fleetUntouched();
    await cancel();
    fault.upRefused(await stack.up(), /another operation \(install\/upgrade\/rollback\) is in progress/);
    await fault.fleetUntouched();
    const found = (await repair(stack)).map((text) => text.replace(/since .*/, "since …"));
    assert.deepEqual(found, [`Helm's revision ${revision} of the release fleet is pending-upgrade since …`]);
    assert.equal(await pendingRevisions(stack), "");
    await fault.recovered(repaired);
  });
});
