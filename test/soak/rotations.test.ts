import { strict as assert } from "node:assert";
import { failedOf, type Counts } from "../support/load";
import {
  assertLoad,
  assertNearlyNoneFailed,
  LoadedStack,
  rate,
  type LoadedRotation,
} from "../support/rotations-under-load";
import { markdownTable, writeDrawing } from "../support/report";
import { reportSoak } from "../support/soak-report";

/** Fewer are for a look at the drawing; the report is of ten. */
const times = Number(process.env.ROTATIONS ?? 10);
const replicas = 3;

describe("rotations under load", function () {
  this.timeout("30m");
  let loaded: LoadedStack;
  let asInstalled: LoadedRotation[] = [];
  let drained: LoadedRotation[] = [];

  before(async () => {
    loaded = await LoadedStack.create("soak", replicas);
    await loaded.drain(false);
    asInstalled = await loaded.rotate(times);
    await loaded.drain(true);
    drained = await loaded.rotate(times);
    if (loaded.timeline !== undefined) writeDrawing("rotation.svg", loaded.timeline);
    if (times === 10) await reportSoak("Ten rotations in a row", report(asInstalled, drained));
  });
  after(() => loaded.remove());

  it("is made under the load that is promised", () => {
    assertLoad(asInstalled);
    assertLoad(drained);
  });

  it("answers every request that is tried again, as the chart installs Fleet", () => {
    for (const rotation of asInstalled) assert.deepEqual([rotation.new.unanswered, rotation.kept.unanswered], [0, 0]);
  });

  it("fails no request on a new connection, once Fleet's pods drain", () => {
    for (const { new: fresh } of drained) assert.deepEqual(fresh.failures, {});
  });

  it("fails nearly no request on a kept connection, once Fleet's pods drain, and answers it when it is sent again", () => {
    assertNearlyNoneFailed(drained, replicas);
    const all = total(drained.map(({ kept }) => kept));
    assert.ok(failedOf(all) <= all.requests / 1000, JSON.stringify(all));
  });

  it("previews the stack as unchanged, with and without a refresh, although its Deployment has what the chart has not", async () => {
    assert.deepEqual(await loaded.stack.plan(), []);
    assert.deepEqual(await loaded.stack.plan("--refresh"), []);
  });
});

function report(plain: readonly LoadedRotation[], drained: readonly LoadedRotation[]): string {
  return `${replicas} replicas, datastores of their own, and two clients through Fleet's Service during every rotation, each with ${rate} requests
per second to \`/healthz\`: one opens a connection for each request, the other keeps ten and uses them in turn. "Failed" counts
first tries. "Unanswered" are those of them that went on failing when they were tried again every 250 ms, 8 times. The last
two rotations of each table are counted until their old pods are gone.

### As the chart alone installs Fleet

${rotationTable(plain)}

${reasons(plain)}

### With pods that drain

As this program installs it: see [Zero downtime](rotate.md#zero-downtime).

${rotationTable(drained)}

${reasons(drained)}`;
}

function rotationTable(rotations: readonly LoadedRotation[]): string {
  const row = (name: string | number, seconds: number, ...clients: readonly Counts[]) => [
    name,
    Number(seconds.toFixed(1)),
    ...clients.flatMap((counts) => [counts.requests, failedOf(counts), Math.round(counts.slowestMs)]),
    clients.reduce((sum, { unanswered }) => sum + unanswered, 0),
  ];
  const columns = ["requests", "failed", "slowest ms"];
  return markdownTable([
    ["rotation", "seconds", ...columns.map((c) => `new: ${c}`), ...columns.map((c) => `kept: ${c}`), "unanswered"],
    ...rotations.map(({ seconds, new: fresh, kept }, i) => row(i + 1, seconds, fresh, kept)),
    row(
      "all",
      rotations.reduce((sum, { seconds }) => sum + seconds, 0),
      total(rotations.map((rotation) => rotation.new)),
      total(rotations.map((rotation) => rotation.kept)),
    ),
  ]);
}

function total(parts: readonly Counts[]): Counts {
  const failures: Record<string, number> = {};
  for (const part of parts)
    for (const [why, count] of Object.entries(part.failures)) failures[why] = (failures[why] ?? 0) + count;
  return {
    requests: parts.reduce((sum, { requests }) => sum + requests, 0),
    failures,
    unanswered: parts.reduce((sum, { unanswered }) => sum + unanswered, 0),
    slowestMs: Math.max(...parts.map(({ slowestMs }) => slowestMs)),
  };
}

function reasons(rotations: readonly LoadedRotation[]): string {
  const words = (kind: "new" | "kept") => {
    const { failures } = total(rotations.map((rotation) => rotation[kind]));
    const list = Object.entries(failures).map(([why, count]) => `${count} × \`${why}\``);
    return `on ${kind} connections ${list.length > 0 ? list.join(", ") : "none"}`;
  };
  return `Why they failed: ${words("new")}; ${words("kept")}.`;
}
