import type { Timeline, TimelineBar, Tone } from "../timeline";
import type { UpdateStep } from "./update-steps";

/** One stack's update. Times are milliseconds since the epoch. */
export interface RecordedUpdate {
  readonly stack: string;
  readonly wave: number;
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
  /** Empty where the engine could not be listened to. */
  readonly steps: readonly UpdateStep[];
}

/** The updates of a rotation on one time axis, a group for each wave. */
export function waveTimeline(server: string, updates: readonly RecordedUpdate[]): Timeline {
  const start = Math.min(...updates.map(({ from }) => from));
  const ordered = [...updates].sort((a, b) => a.wave - b.wave || a.from - b.from);
  const groups = [...new Set(ordered.map(({ wave }) => wave))].map((wave) => ({
    title: `Wave ${wave}`,
    rows: ordered
      .filter((update) => update.wave === wave)
      .map((update) => ({ label: update.stack, bars: barsOf(update, start) })),
  }));
  return {
    title: `Rotation of ${server}`,
    subtitle: `${new Date(start).toISOString().replace(/\.\d+Z$/, "Z")}: pulumi up of each stack, as the engine told of it`,
    groups,
    legend: {
      starting: "pulumi up",
      new: "new Secret",
      check: "pull check",
      work: "release: migration and pods",
      old: "others",
      ending: "old ones deleted",
      bad: "failed",
    },
  };
}

function barsOf({ from, to, failed, steps }: RecordedUpdate, start: number): readonly TimelineBar[] {
  const told = failed && steps.some((step) => step.failed === true);
  return [
    { from: from - start, to: to - start, tone: failed && !told ? "bad" : "starting" },
    ...steps.map((step) => ({ from: step.from - start, to: (step.to ?? to) - start, ...look(step) })),
  ];
}

const makers: Readonly<Record<string, { readonly tone: Tone; readonly text: string }>> = {
  "kubernetes:core/v1:Secret": { tone: "new", text: "Secret" },
  "kubernetes:batch/v1:Job": { tone: "check", text: "pull check" },
  "kubernetes:helm.sh/v3:Release": { tone: "work", text: "release" },
};

function look({ op, type, failed }: UpdateStep): { readonly tone: Tone; readonly text: string } {
  const { tone, text } = makers[type] ?? { tone: "old", text: type.split(":").at(-1) ?? type };
  if (failed === true) return { tone: "bad", text };
  return op.startsWith("delete") ? { tone: "ending", text: `${text} deleted` } : { tone, text };
}
