import { strict as assert } from "node:assert";
import { assertRecovered } from "../support/fault";
import {
  clearPendingCreates,
  endLeftovers,
  helmIsDone,
  killUp,
  machineIsGone,
  pendingOperations,
  pendingRevisions,
} from "../support/killed-up";
import { assertFleetAnswers, pullSecrets, type KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { markdownTable } from "../support/report";
import { reportSoak } from "../support/soak-report";
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

const cancel = "`pulumi cancel`";
const deleteRevision = "`kubectl delete secret --selector …status=pending-upgrade`";
const clear = "`pulumi refresh --clear-pending-creates`";

/** One kill, as a reader of docs/soak.md sees it. */
type Kill = readonly [operation: string, plugins: string, pending: string, leftover: string, commands: string];

/**
 * A kill as each operation begins: whether the cluster has it already, and whether the state knows, is a matter of
 * milliseconds, so each is one of several ends. What docs/rotate.md says puts all of them right.
 */
describe("an up that is killed as an operation begins", function () {
  this.timeout("4m");
  let stack: TestStack;
  const kills: Kill[] = [];

  before(async () => {
    stack = await TestStack.createWithDatastores("killed-soak", "good");
    await stack.deploy();
  });
  after(async () => {
    endLeftovers();
    await stack.remove();
    // Half of them would read as if they were all.
    if (kills.length === 2 * operations.length) await reportSoak("Kills", report(kills));
  });

  for (const [operation, name] of operations) {
    for (const gone of [false, true]) {
      const title = () => `${operation} ${name === secret ? "Secret" : name()}`;
      it(`${title()}${gone ? ", with its plugins" : ""}`, async () => {
        await stack.rotate();
        const begun = await killUp(stack, (all) => all.some(({ op, name: own }) => op === operation && own === name()));
        if (gone) machineIsGone(stack);
        await assertFleetAnswers(stack);
        succeeded(await stack.tryPulumi(["cancel", "--yes", "--stack", stack.name]));
        const commands = [cancel];
        if (!gone) await helmIsDone(stack);
        else if ((await pendingRevisions(stack)) !== "") {
          await deletePendingRevision();
          commands.push(deleteRevision);
        }
        await stack.deploy();
        await assertFleetAnswers(stack);
        const leftovers = await deleteLeftovers();
        assert.ok(leftovers.length <= 1, leftovers.join());
        commands.push("`pulumi up`");
        if (leftovers.includes("secret")) commands.push("`kubectl delete secret`");
        const creates = begun.filter((one) => one.startsWith("creating "));
        assert.deepEqual(await pendingOperations(stack), creates);
        if (creates.length > 0) {
          await clearPendingCreates(stack);
          commands.push(clear);
        }
        await assertRecovered(stack);
        const pending = begun.map((one) => one.replace(secret(), "Secret"));
        kills.push([title(), gone ? "killed" : "live on", listOf(pending), listOf(leftovers), commands.join(", ")]);
      });
    }
  }

  async function deletePendingRevision(): Promise<void> {
    const selector = "--selector=owner=helm,name=fleet,status=pending-upgrade";
    succeeded(await stack.kubectl(["delete", "secret", selector]));
  }

  /** Deletes what docs/rotate.md tells to look for: Secrets that the stack does not name, and Jobs but the last one. */
  async function deleteLeftovers(): Promise<string[]> {
    const own = Object.values((await stack.outputs()).pullSecretNames as Record<string, string>);
    const secrets = (await pullSecrets(stack)).filter(({ metadata }) => !own.includes(metadata.name));
    assert.ok(secrets.every(({ metadata }) => metadata.labels?.["app.kubernetes.io/part-of"] === "fleet"));
    const jobs = await stack.objects<KubernetesObject>(
      "jobs",
      "--selector=app.kubernetes.io/component=image-pull-check",
      "--sort-by=.metadata.creationTimestamp",
    );
    const named = (kind: string) => (object: KubernetesObject) => ({ ...object, kind });
    const leftovers = [...secrets.map(named("secret")), ...jobs.slice(0, -1).map(named("job"))];
    for (const { kind, metadata } of leftovers) succeeded(await stack.kubectl(["delete", kind, metadata.name]));
    return leftovers.map(({ kind }) => kind);
  }
});

const listOf = (words: readonly string[]) => words.join(", ") || "–";

function report(kills: readonly Kill[]): string {
  const table = markdownTable([
    ["killed as it begins", "plugins", "pending afterwards", "left over", "what it took"],
    ...kills,
  ]);
  return `${kills.length} rotations in a row, one replica, datastores of their own. Each \`pulumi up\` was killed (SIGKILL) with its process group as one
operation began, with its plugins or without them; in between it was put right as [Rotate](rotate.md#when-up-was-killed) says. Each
time Fleet answered right after the kill and at the end, and nothing was left then: no pending operation, one Secret, one pull check, an
empty preview. Whether the cluster and the state have an operation already is a matter of milliseconds, so another run may see
other leftovers, but never more than one. A Job needs no command: it goes with its Secret in the next rotation.

${table}`;
}
