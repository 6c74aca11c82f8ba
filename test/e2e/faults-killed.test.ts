import { strict as assert } from "node:assert";
import { Fault } from "../support/fault";
import {
  clearPendingCreates,
  endLeftovers,
  helmIsDone,
  killUp,
  machineIsGone,
  pendingOperations,
  pendingRevisions,
  type Beginning,
} from "../support/killed-up";
import { livingPods, pullSecrets, type KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { succeeded, TestStack } from "../support/test-stack";

/** What docs/rotate.md names for the release of a machine that is gone. */
const pendingRevision = "owner=helm,name=fleet,status=pending-upgrade";
const left = "`pulumi cancel`";
const clear = "`pulumi refresh --clear-pending-creates`";
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

  it("during the pull check leaves one Job, which goes with its Secret", async () => {
    const fault = await rotate("`up` killed while the pull check runs");
    const before = await jobs();
    const moment = async (begun: readonly Beginning[]) =>
      begins(begun, "create-replacement", "fleet-pull-check") && (await jobs()).length > before.length;
    assert.deepEqual(await killUp(stack, moment), ["creating fleet-pull-check"]);
    await fault.fleetUntouched();
    assert.equal((await pullSecrets(stack)).length, 2);
    await cancel();
    const warned = `a pending create, which every \`up\` warns of until ${clear}`;
    await fault.recovered(`${left}; one Job is left until the next rotation, and ${warned}`, {
      checks: 2,
      pending: ["creating fleet-pull-check"],
    });
  });

  it("warns of the create that it lost sight of, until it is cleared", async () => {
    const { server } = session().cluster.registry;
    const { stdout } = await stack.up();
    assert.match(stdout, /warning: Attempting to deploy or update resources with 1 pending operations/);
    await clearPendingCreates(stack);
    assert.deepEqual(await pendingOperations(stack), []);
    assert.deepEqual(await stack.plan(), []);
    const [secret] = await pullSecrets(stack);
    assert.deepEqual((await stack.outputs()).pullSecretNames, { [server]: secret?.metadata.name });
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
    const moment = (begun: readonly Beginning[]) => begins(begun, "delete-replaced", "fleet-pull-check");
    await killUp(stack, moment);
    assert.equal((await pullSecrets(stack)).length, 2);
    await fault.fleetAnswers();
    await cancel();
    await fault.recovered(left);
  });

  it("together with its plugins leaves a revision that Helm takes for its own, which one command deletes", async () => {
    const fault = await rotate("`up` and its plugins killed while the migration Job runs: the machine is gone");
    await killUp(stack, migrates);
    machineIsGone(stack);
    assert.match(await pendingRevisions(stack), /^secret\/sh\.helm\.release\.v1\.fleet\.v\d+$/);
    await fault.fleetUntouched();
    await cancel();
    fault.upRefused(await stack.up(), /another operation \(install\/upgrade\/rollback\) is in progress/);
    await fault.fleetUntouched();
    succeeded(await stack.kubectl(["delete", "secret", `--selector=${pendingRevision}`]));
    await fault.recovered(`${left}, \`kubectl delete secret --selector ${pendingRevision}\``);
  });
});
