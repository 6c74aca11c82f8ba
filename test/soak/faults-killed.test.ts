import { strict as assert } from "node:assert";
import { assertRecovered } from "../support/fault";
import { endLeftovers, helmIsDone, killUp, machineIsGone } from "../support/killed-up";
import { repair } from "../support/repair-command";
import { assertFleetAnswers } from "../support/objects";
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
        if (!gone) await helmIsDone(stack);
        const first = await stack.up();
        const found = await repair(stack);
        const commands = [cancel, "`pulumi up`", ...(found.length === 0 ? [] : ["`make repair`"])];
        if (first.code !== 0) {
          assert.ok(found.length > 0, `${first.stdout}\n${first.stderr}`);
          await stack.deploy();
          commands.push("`pulumi up`");
        }
        const leftovers = found.flatMap(
          (text) => /^(?:the (Secret|Job)|Helm's (revision)) /.exec(text)?.slice(1) ?? [],
        );
        const kinds = leftovers.filter((kind) => kind !== undefined).map((kind) => kind.toLowerCase());
        assert.ok(kinds.length <= 1, found.join("\n"));
        await assertRecovered(stack);
        const pending = begun.map((one) => one.replace(secret(), "Secret"));
        kills.push([title(), gone ? "killed" : "live on", listOf(pending), listOf(kinds), commands.join(", ")]);
      });
    }
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
other leftovers, but never more than one. [\`make repair\`](rotate.md#after-a-kill-or-a-run-that-waits) was run each time; it is in the
table where it found something.

${table}`;
}
