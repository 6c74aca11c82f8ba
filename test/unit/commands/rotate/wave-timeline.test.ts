import assert from "node:assert/strict";
import { UpdateSteps } from "../../../../commands/rotate/update-steps";
import { waveTimeline, type RecordedUpdate } from "../../../../commands/rotate/wave-timeline";

const secret = "kubernetes:core/v1:Secret";
const event = (kind: string, op: string, type: string, name: string) =>
  JSON.stringify({ sequence: 1, timestamp: 1, [kind]: { metadata: { op, type, urn: `urn:a::b::${type}::${name}` } } });
const stepsOf = (...events: readonly (readonly [line: string, at: number])[]) => {
  const steps = new UpdateSteps();
  for (const [line, at] of events) steps.add(line, at);
  return steps.steps;
};

describe("the steps of an update", () => {
  it("are those that change something, from when they begin to when they end", () => {
    const steps = stepsOf(
      ["", 1],
      ['{"preludeEvent":{"config":{"secret":"x"}}}', 1],
      [event("resourcePreEvent", "same", "pulumi:pulumi:Stack", "s"), 2],
      [event("resourcePreEvent", "create-replacement", secret, "s"), 3],
      [event("resOutputsEvent", "create-replacement", secret, "s"), 5],
      [event("resourcePreEvent", "replace", secret, "s"), 5],
      [event("resourcePreEvent", "delete-replaced", secret, "s"), 8],
    );
    assert.deepEqual(steps, [
      { op: "create-replacement", type: secret, from: 3, to: 5 },
      { op: "delete-replaced", type: secret, from: 8 },
    ]);
  });

  it("may fail, be two of one name, and end in half a line", () => {
    const begin = event("resourcePreEvent", "delete-replaced", secret, "s");
    assert.deepEqual(
      stepsOf(
        [begin, 1],
        [begin, 2],
        [event("resOutputsEvent", "delete-replaced", secret, "s"), 3],
        [event("resOpFailedEvent", "delete-replaced", secret, "s"), 4],
        [begin.slice(0, 30), 5],
      ),
      [
        { op: "delete-replaced", type: secret, from: 1, to: 3 },
        { op: "delete-replaced", type: secret, from: 2, to: 4, failed: true },
      ],
    );
  });
});

describe("the drawing of a rotation of many stacks", () => {
  const start = Date.UTC(2026, 10, 29, 6);
  const update = (stack: string, wave: number, from: number, to: number, more: Partial<RecordedUpdate> = {}) => ({
    ...{ stack, wave, from: start + from, to: start + to, failed: false, steps: [] },
    ...more,
  });
  const step = (op: string, type: string, from: number, to?: number) => ({
    ...{ op, type, from: start + from },
    ...(to !== undefined && { to: start + to }),
  });

  it("has a group for each wave, and in it a row for each stack with its steps", () => {
    const steps = [
      step("create-replacement", secret, 2000, 2100),
      step("create-replacement", "kubernetes:batch/v1:Job", 2100, 5000),
      step("update", "kubernetes:helm.sh/v3:Release", 5000, 9000),
      step("update", "kubernetes:apps/v1:StatefulSet", 5000, 8000),
      step("delete-replaced", secret, 9000, 9500),
    ];
    // As they ended.
    const { title, subtitle, groups } = waveTimeline("registry.example.com", [
      update("dev", 1, 0, 10_000, { steps }),
      update("qa", 2, 10_001, 15_000),
      update("staging", 2, 10_000, 20_000),
    ]);
    assert.deepEqual(
      [title, subtitle],
      ["Rotation of registry.example.com", "2026-11-29T06:00:00Z: pulumi up of each stack, as the engine told of it"],
    );
    assert.deepEqual(
      groups.map((group) => [group.title, group.rows.map(({ label }) => label)]),
      [
        ["Wave 1", ["dev"]],
        ["Wave 2", ["staging", "qa"]],
      ],
    );
    assert.deepEqual(groups[0]?.rows, [
      {
        label: "dev",
        bars: [
          { from: 0, to: 10_000, tone: "starting" },
          { from: 2000, to: 2100, tone: "new", text: "Secret" },
          { from: 2100, to: 5000, tone: "check", text: "pull check" },
          { from: 5000, to: 9000, tone: "work", text: "release" },
          { from: 5000, to: 8000, tone: "old", text: "StatefulSet" },
          { from: 9000, to: 9500, tone: "ending", text: "Secret deleted" },
        ],
      },
    ]);
  });

  it("shows the step that failed, and where none did, the whole update", () => {
    const failed = { ...step("create-replacement", "kubernetes:batch/v1:Job", 2000, 5000), failed: true as const };
    const open = step("update", "kubernetes:helm.sh/v3:Release", 2000);
    const { groups } = waveTimeline("r", [
      update("dev", 1, 0, 6000, { failed: true, steps: [failed] }),
      update("qa", 1, 0, 6000, { failed: true, steps: [open] }),
    ]);
    const bars = groups[0]?.rows.map((row) => ("bars" in row ? row.bars : []));
    assert.deepEqual(bars, [
      [
        { from: 0, to: 6000, tone: "starting" },
        { from: 2000, to: 5000, tone: "bad", text: "pull check" },
      ],
      [
        { from: 0, to: 6000, tone: "bad" },
        { from: 2000, to: 6000, tone: "work", text: "release" },
      ],
    ]);
  });
});
