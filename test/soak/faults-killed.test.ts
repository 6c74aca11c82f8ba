import { strict as assert } from "node:assert";
import { assertRecovered } from "../support/fault";
import { endLeftovers, helmIsDone, killUp, machineIsGone, pendingRevisions } from "../support/killed-up";
import { assertFleetAnswers, pullSecrets, type KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { succeeded, TestStack } from "../support/test-stack";

const secret = () => `fleet-${session().cluster.registry.server.replaceAll(/[.:]/g, "-")}`;

/** Every operation of a rotation, in its order. */
const operations = [
  ["create-replacement", secret],
  ["replace", secret],
  ["create-replacement", () => "fleet-pull-check"],
  ["replace", () => "fleet-pull-check"],
  ["update", () => "fleet"],
  ["delete-replaced", () => "fleet-pull-check"],
  ["delete-replaced", secret],
] as const;

/**
 * A kill as each operation begins: whether the cluster has it already, and whether the state knows, is a matter of
 * milliseconds, so each is one of several ends. What docs/rotate.md says puts all of them right.
 */
describe("an up that is killed as an operation begins", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("killed-soak", "good");
    await stack.deploy();
  });
  after(async () => {
    endLeftovers();
    await stack.remove();
  });

  for (const [operation, name] of operations) {
    for (const gone of [false, true]) {
      it(`${operation} ${name === secret ? "Secret" : name()}${gone ? ", with its plugins" : ""}`, async () => {
        await stack.rotate();
        await killUp(stack, (begun) => begun.some(({ op, name: own }) => op === operation && own === name()));
        if (gone) machineIsGone(stack);
        await assertFleetAnswers(stack);
        succeeded(await stack.tryPulumi(["cancel", "--yes", "--stack", stack.name]));
        if (!gone) await helmIsDone(stack);
        else if ((await pendingRevisions(stack)) !== "") await deletePendingRevision();
        await stack.deploy();
        await assertFleetAnswers(stack);
        assert.ok((await deleteLeftovers()) <= 1);
        await assertRecovered(stack, { pendingCreates: true });
      });
    }
  }

  async function deletePendingRevision(): Promise<void> {
    const selector = "--selector=owner=helm,name=fleet,status=pending-upgrade";
    succeeded(await stack.kubectl(["delete", "secret", selector]));
  }

  /** Finds what is left over as docs/rotate.md says: Secrets that the stack does not name, and Jobs but the last one. */
  async function deleteLeftovers(): Promise<number> {
    const own = Object.values((await stack.outputs()).pullSecretNames as Record<string, string>);
    const secrets = (await pullSecrets(stack)).filter(({ metadata }) => !own.includes(metadata.name));
    assert.ok(secrets.every(({ metadata }) => metadata.labels?.["app.kubernetes.io/part-of"] === "fleet"));
    const jobs = await stack.objects<KubernetesObject>(
      "jobs",
      "--selector=app.kubernetes.io/component=image-pull-check",
      "--sort-by=.metadata.creationTimestamp",
    );
    const leftovers = [...secrets.map((object) => ({ ...object, kind: "secret" })), ...jobs.slice(0, -1)];
    for (const { kind, metadata } of leftovers) succeeded(await stack.kubectl(["delete", kind, metadata.name]));
    return leftovers.length;
  }
});
