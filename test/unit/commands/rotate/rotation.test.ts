import { strict as assert } from "node:assert";
import { inParallel } from "../../../../commands/rotate/in-parallel";
import { closing, resultText } from "../../../../commands/rotate/report";
import { rotate, type Operations } from "../../../../commands/rotate/rotation";
import { previewOf, targetsOf } from "./planned";

/** Operations that only write down what they are told to do. */
function recording(changes: Partial<Operations> = {}) {
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const operations: Operations = {
    interrupted: () => false,
    stage: () => Promise.resolve(true),
    preview: () => Promise.resolve(previewOf({})),
    confirm: () => Promise.resolve("yes"),
    commit: (target) => void log.push(`commit ${target.stack}`),
    up: async ({ stack }) => {
      log.push(`up ${stack}`);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      log.push(`end ${stack}`);
      return undefined;
    },
    ...changes,
  };
  return { log, operations, most: () => most };
}
const results = (outcome: Awaited<ReturnType<typeof rotate>>) =>
  outcome.stacks.map(({ target, result }) => `${target.stack} ${result}`);
const unchanged = previewOf({ secret: "unchanged", release: "unchanged", changes: false });

describe("a rotation of many stacks", () => {
  it("updates one wave after another, each stack's file just before it", async () => {
    const { log, operations } = recording();
    const outcome = await rotate(targetsOf("a b,c d"), 4, operations);
    assert.equal(outcome.end, "rotated");
    const ups = log.filter((line) => !line.startsWith("end"));
    assert.deepEqual(ups, ["commit a", "up a", "commit b", "up b", "commit c", "up c", "commit d", "up d"]);
    assert.ok(log.indexOf("end a") < log.indexOf("commit b"));
    assert.ok(log.indexOf("end b") < log.indexOf("commit d") && log.indexOf("end c") < log.indexOf("commit d"));
  });

  it("tries a wrong password once for each account", async () => {
    const previewed: string[] = [];
    const { operations } = recording({
      preview: ({ stack }) => {
        previewed.push(stack);
        const wrong = { answer: "refused", isWrongPassword: true, words: ["refused"], changes: false } as const;
        return Promise.resolve(stack === "a" ? previewOf(wrong) : previewOf({}));
      },
    });
    const targets = targetsOf("a b,c d").map((target) => ({
      ...target,
      account: target.stack === "c" ? "own" : "shared",
    }));
    const outcome = await rotate(targets, 4, operations);
    assert.equal(outcome.end, "stopped");
    assert.deepEqual(previewed, ["a", "c"]);
    assert.deepEqual(
      outcome.stacks.map(({ preview }) => [preview.answer, ...preview.words]),
      [
        ["refused", "refused"],
        ["refused", "not tried again, since a has the same account; registries lock one that fails often"],
        ["accepted"],
        ["refused", "not tried again, since a has the same account; registries lock one that fails often"],
      ],
    );
  });

  it("works on so many stacks of a wave at the same time, and no more", async () => {
    for (const parallel of [1, 2, 4]) {
      const { operations, most } = recording();
      await rotate(targetsOf("a,b,c,d,e,f"), parallel, operations);
      assert.equal(most(), parallel);
    }
  });

  it("stops after the first wave in which one fails, and lets its others end", async () => {
    const { log, operations } = recording();
    const failing: Operations = {
      ...operations,
      up: async (target) => {
        const words = await operations.up(target);
        return target.stack === "b" ? ["401 Unauthorized"] : words;
      },
    };
    const outcome = await rotate(targetsOf("a b,c d"), 1, failing);
    assert.equal(outcome.end, "failed");
    assert.deepEqual(results(outcome), ["a rotated", "b failed", "c rotated", "d not rotated"]);
    assert.deepEqual(outcome.stacks[1]?.words, ["401 Unauthorized"]);
    assert.ok(!log.includes("commit d"));
  });

  it("leaves alone what has the password already, and only writes the file where that alone lacks it", async () => {
    const { log, operations } = recording({
      stage: ({ stack }) => Promise.resolve(stack !== "a"),
      preview: ({ stack }) => Promise.resolve(stack === "c" ? previewOf({}) : unchanged),
    });
    const outcome = await rotate(targetsOf("a b c"), 4, operations);
    assert.deepEqual(results(outcome), ["a unchanged", "b unchanged", "c rotated"]);
    assert.deepEqual(
      outcome.stacks.map(({ touched }) => touched),
      [false, true, true],
    );
    assert.deepEqual(log, ["commit a", "commit b", "commit c", "up c", "end c"]);
  });

  for (const [end, why, changes] of [
    ["stopped", "a registry refuses one", { preview: () => Promise.resolve(previewOf({ answer: "refused" })) }],
    ["stopped", "a preview fails", { preview: () => Promise.resolve(previewOf({ answer: "failed" })) }],
    ["stopped", "the password cannot be set", { stage: () => Promise.resolve(["incorrect passphrase"]) }],
    ["declined", "the person says no", { confirm: () => Promise.resolve("no") }],
    ["nobody", "nobody is there", { confirm: () => Promise.resolve("nobody") }],
    ["interrupted", "it is interrupted", { interrupted: () => true }],
    [
      "unchanged",
      "nothing is to be done",
      { stage: () => Promise.resolve(false), preview: () => Promise.resolve(unchanged) },
    ],
  ] as const) {
    it(`changes nothing when ${why}`, async () => {
      const { log, operations } = recording(changes as Partial<Operations>);
      const outcome = await rotate(targetsOf("a b"), 4, operations);
      assert.equal(outcome.end, end);
      assert.deepEqual(log, []);
    });
  }

  it("asks once, with every stack's preview, also when one is refused", async () => {
    const asked: string[][] = [];
    const { operations } = recording({
      preview: ({ stack }) => Promise.resolve(previewOf(stack === "b" ? { answer: "refused" } : {})),
      confirm: (plan) => {
        asked.push(plan.map(({ target, preview }) => `${target.stack} ${preview.answer}`));
        return Promise.resolve("yes");
      },
    });
    await rotate(targetsOf("a b c"), 1, operations);
    assert.deepEqual(asked, [["a accepted", "b refused", "c accepted"]]);
  });

  it("does not update what someone else has changed meanwhile", async () => {
    const { log, operations } = recording({ commit: ({ stack }) => (stack === "a" ? "changed meanwhile" : undefined) });
    const outcome = await rotate(targetsOf("a b"), 4, operations);
    assert.deepEqual([outcome.end, ...results(outcome)], ["failed", "a not rotated", "b not rotated"]);
    assert.deepEqual(log, []);
    assert.match(resultText(outcome), /\n\na: changed meanwhile$/);
    assert.equal(closing(outcome), "Nothing was changed; run make rotate again.");
  });

  it("goes no further than the wave in which someone else has changed a file", async () => {
    const { log, operations } = recording();
    const commit: Operations["commit"] = (target) =>
      target.stack === "b" ? "changed meanwhile" : operations.commit(target);
    const outcome = await rotate(targetsOf("a b,c d"), 1, { ...operations, commit });
    assert.deepEqual(results(outcome), ["a rotated", "b not rotated", "c rotated", "d not rotated"]);
    assert.deepEqual(
      outcome.stacks.map(({ touched }) => touched),
      [true, false, true, false],
    );
    assert.ok(!log.includes("commit d"));
    assert.equal(
      closing(outcome),
      "2 rotated, 2 not rotated. What was rotated or failed has the new password in its file, " +
        "what was not rotated has the file that it had. Run make rotate again with the same password to go on from here.",
    );
  });

  it("ends after the update that is interrupted", async () => {
    let interrupted = false;
    const { operations } = recording({ interrupted: () => interrupted });
    const up = (target: Parameters<Operations["up"]>[0]) => {
      interrupted = true;
      return operations.up(target);
    };
    const outcome = await rotate(targetsOf("a b,c"), 4, { ...operations, up });
    assert.deepEqual(
      [outcome.end, ...results(outcome)],
      ["interrupted", "a rotated", "b not rotated", "c not rotated"],
    );
  });
});

describe("work in parallel", () => {
  it("keeps the order of the results", async () => {
    const work = (wait: number) => new Promise<number>((resolve) => setTimeout(() => resolve(wait), wait));
    assert.deepEqual(await inParallel(3, [9, 1, 5, 2], work), [9, 1, 5, 2]);
    assert.deepEqual(await inParallel(3, [], work), []);
  });

  it("throws the first error once what was started has ended, and starts nothing more", async () => {
    const ended: number[] = [];
    const work = async (item: number) => {
      await new Promise((resolve) => setTimeout(resolve, item));
      ended.push(item);
      if (item === 1) throw new Error("first");
    };
    await assert.rejects(inParallel(2, [1, 10, 3], work), /^Error: first$/);
    assert.deepEqual(ended, [1, 10]);
  });
});
