import { strict as assert } from "node:assert";
import { closing, planText, question, resultJson, resultText } from "../../../../commands/rotate/report";
import type { Outcome, Result, StackOutcome } from "../../../../commands/rotate/rotation";
import { planned } from "./planned";

const outcome = (
  end: Outcome["end"],
  results: Readonly<Record<string, Result>>,
  words: readonly string[] = [],
): Outcome => ({
  end,
  stacks: planned(Object.keys(results).join(" "), {}).map((one): StackOutcome => {
    const result = results[one.target.stack] ?? "rotated";
    const isUpdated = result === "rotated" || result === "failed";
    return {
      ...one,
      result,
      touched: isUpdated,
      words: result === "failed" ? words : [],
      ...(isUpdated && { seconds: 9.04 }),
    };
  }),
});

describe("the plan of a rotation", () => {
  it("has no character that acts on a terminal, whatever registries and charts say", () => {
    const hostile = "\x1b]0;x\x07 \u202e\r::error::x";
    const text = planText(planned("dev", { dev: { words: [hostile], warnings: [hostile], others: [hostile] } }));
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}|\u202e/u);
    assert.ok(text.includes("\\x1b]0;x\\x07 \\u{202e}\\r::error::x"), text);
  });

  it("is one table", () => {
    const unchanged = { secret: "unchanged", release: "unchanged", changes: false };
    const text = planText(planned("dev staging,qa", { dev: unchanged, qa: { answer: "not asked" } }));
    assert.deepEqual(text.split("\n"), [
      "STACK    WAVE  SECRET     RELEASE    REGISTRY   OTHER CHANGES",
      "dev      1     unchanged  unchanged  accepted   none",
      "staging  2     replace    update     accepted   none",
      "qa       2     replace    update     not asked  none",
    ]);
  });

  it("is followed by the registry's words, the warnings and what is beyond the rotation, each once", () => {
    const failed = { secret: undefined, release: undefined, changes: false };
    const text = planText(
      planned("dev,staging qa production", {
        dev: { answer: "warning", warnings: ["the registry is slow"], others: ["update A a (x)", "create B b"] },
        staging: { answer: "warning", warnings: ["the registry is slow"] },
        qa: { ...failed, answer: "refused", words: ["r refuses p: wrong password"] },
        production: { ...failed, answer: "failed", words: ["incorrect passphrase", "set it"] },
      }),
    );
    assert.deepEqual(text.split("\n"), [
      "STACK       WAVE  SECRET   RELEASE  REGISTRY  OTHER CHANGES",
      "dev         1     replace  update   warning   2",
      "staging     1     replace  update   warning   none",
      "qa          2     –        –        refused   –",
      "production  3     –        –        failed    –",
      "",
      "qa: r refuses p: wrong password",
      "",
      "production: incorrect passphrase",
      "  set it",
      "",
      "dev, staging: warning: the registry is slow",
      "",
      "dev: warning: this is not a part of the rotation:",
      "  update A a (x)",
      "  create B b",
    ]);
  });

  it("ends in a question that counts", () => {
    const none = { changes: false };
    const ask = (stacks: string, previews: Parameters<typeof planned>[1]) =>
      question(
        "r.example.com",
        planned(stacks, previews).map((one) => ({ ...one, fileChanges: one.preview.changes })),
      );
    assert.equal(ask("a b", {}), "Rotate r.example.com in 2 stacks?");
    assert.equal(ask("a b", { a: none }), "Rotate r.example.com in 1 stack?");
    assert.equal(
      ask("a", { a: { others: ["x"] } }),
      "Rotate r.example.com in 1 stack, with 1 change beyond the rotation?",
    );
    const two = { a: { others: ["x"] }, b: { others: ["y"] } };
    assert.equal(ask("a b", two), "Rotate r.example.com in 2 stacks, with 2 changes beyond the rotation?");
  });
});

describe("the report of a rotation", () => {
  const partly = outcome("failed", { dev: "unchanged", staging: "rotated", qa: "failed", production: "not rotated" }, [
    "2 errors occurred:",
    "* 401 Unauthorized",
  ]);

  it("has a row for each stack, and why one failed", () => {
    assert.deepEqual(resultText(partly).split("\n"), [
      "STACK       WAVE  RESULT       TIME",
      "dev         1     unchanged    –",
      "staging     2     rotated      9.0 s",
      "qa          3     failed       9.0 s",
      "production  4     not rotated  –",
      "",
      "qa: 2 errors occurred:",
      "  * 401 Unauthorized",
    ]);
    assert.equal(resultText(outcome("declined", { dev: "not rotated" })), "");
  });

  const sentences: readonly (readonly [Outcome, string])[] = [
    [outcome("rotated", { a: "rotated", b: "rotated" }), "2 rotated. Commit the files of the stacks."],
    [outcome("rotated", { a: "unchanged", b: "rotated" }), "1 rotated, 1 unchanged. Commit the files of the stacks."],
    [outcome("unchanged", { a: "unchanged" }), "Nothing was changed, since every stack has this password already."],
    [outcome("declined", { a: "not rotated" }), "Nothing was changed."],
    [
      outcome("nobody", { a: "not rotated" }),
      "Nothing was changed, since there is no terminal to ask at; set YES=1 to go on without the question.",
    ],
    [outcome("interrupted", { a: "not rotated" }), "Interrupted: nothing was changed."],
    [{ end: "interrupted", stacks: [] }, "Interrupted: nothing was changed."],
    [
      partly,
      "1 rotated, 1 unchanged, 1 failed, 1 not rotated. What was rotated or failed has the new password in its file, " +
        "what was not rotated has the file that it had. Run make rotate again with the same password to go on from here.",
    ],
    [
      outcome("interrupted", { a: "rotated", b: "not rotated" }),
      "Interrupted: 1 rotated, 1 not rotated. What was rotated or failed has the new password in its file, " +
        "what was not rotated has the file that it had. Run make rotate again with the same password to go on from here.",
    ],
  ];
  for (const [one, sentence] of sentences) {
    it(`closes with: ${sentence}`, () => assert.equal(closing(one), sentence));
  }

  it("names the stacks that stopped it", () => {
    const stacks = planned("a b c", { a: { answer: "refused" }, c: { answer: "failed" } });
    assert.equal(
      closing({
        end: "stopped",
        stacks: stacks.map((one) => ({ ...one, result: "not rotated", touched: false, words: [] })),
      }),
      "Nothing was changed, since a, c cannot be rotated; put that right, or leave it out of STACKS, and run make rotate again.",
    );
  });

  it("is one JSON document for machines", () => {
    const json = JSON.parse(resultJson("registry.example.com", partly)) as { stacks: unknown[] };
    assert.deepEqual(
      { ...json, stacks: json.stacks.slice(2) },
      {
        server: "registry.example.com",
        outcome: "failed",
        message: closing(partly),
        stacks: [
          {
            stack: "qa",
            wave: 3,
            result: "failed",
            secret: "replace",
            release: "update",
            registry: "accepted",
            otherChanges: [],
            warnings: [],
            reasons: ["2 errors occurred:", "* 401 Unauthorized"],
            seconds: 9.04,
          },
          {
            stack: "production",
            wave: 4,
            result: "not rotated",
            secret: "replace",
            release: "update",
            registry: "accepted",
            otherChanges: [],
            warnings: [],
            reasons: [],
          },
        ],
      },
    );
  });
});
