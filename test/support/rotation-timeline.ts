import type { Timeline, TimelineBar, TimelineRow } from "../../commands/timeline";
import { columnMs, type SeenCounts } from "./load";
import type { Observation, RotationRecording } from "./rotation-recording";

/** Everything that was told of one object, in its order. */
type History = readonly [Observation, ...Observation[]];

/** One rotation under load, as the API server and the two clients saw it. */
export function rotationTimeline(
  recording: RotationRecording,
  clients: { readonly new: SeenCounts; readonly kept: SeenCounts },
): Timeline {
  const { start, end, marks } = recording;
  const objects = histories(recording.observations);
  const ofKind = (kind: string) => objects.filter(([{ object }]) => object.kind === kind);
  const since = (at: number) => Math.max(0, at - start);
  const until = (at: number | undefined) => (at === undefined ? end - start : since(at));
  const ageOf = ([first]: History) => (first.at < start ? "old" : "new");
  const label = (history: History) => `${ageOf(history)} …${history[0].object.metadata.name.split("-").at(-1)}`;

  const secretRow = (history: History): TimelineRow => {
    const age = ageOf(history);
    return { label: label(history), bars: [{ from: since(history[0].at), to: until(goneAt(history)), tone: age }] };
  };
  const jobRow = (title: string, prefix: string, tone: "check" | "work"): TimelineRow => ({
    label: title,
    bars: ofKind("Job")
      .filter((history) => ageOf(history) === "new" && history[0].object.metadata.name.startsWith(prefix))
      .map((history) => {
        const to = until(firstAt(history, isComplete) ?? goneAt(history));
        return { from: since(history[0].at), to, tone };
      }),
  });
  const podRow = (history: History): TimelineRow => {
    const told = firstAt(history, ({ object }) => object.metadata.deletionTimestamp !== undefined);
    const gone = until(goneAt(history));
    const ready = firstAt(history, isReady) ?? end;
    const age = ageOf(history);
    const bars: TimelineBar[] = [
      { from: since(history[0].at), to: since(ready), tone: "starting" },
      { from: since(ready), to: until(told), tone: age },
      ...(told === undefined ? [] : [{ from: since(told), to: gone, tone: "ending" as const }]),
    ];
    return { label: label(history), bars: bars.filter(({ from, to = Infinity }) => to > from) };
  };
  // Whole spans alone: of the first and the last, a part is none of this rotation's.
  const within = ({ columns }: SeenCounts) => columns.filter(({ at }) => at >= start && at + columnMs <= end);
  const clientRow = (title: string, counts: SeenCounts): TimelineRow => ({
    label: title,
    columnMs,
    columns: within(counts).map((column) => ({ ...column, at: column.at - start })),
  });
  const pods = ofKind("Pod").filter(
    // Not what the rotation before had told to stop.
    ([
      {
        at,
        object: { metadata },
      },
    ]) => metadata.labels?.component === "fleet-server" && (at >= start || metadata.deletionTimestamp === undefined),
  );
  const replicas = pods.filter((pod) => ageOf(pod) === "old").length;
  const secrets = ofKind("Secret").filter(([{ object }]) => object.type === "kubernetes.io/dockerconfigjson");
  const drawn = [clients.new, clients.kept].flatMap(within);
  const sum = (of: "good" | "bad") => drawn.reduce((all, column) => all + column[of], 0);
  return {
    title: "A rotation under load",
    subtitle: `${new Date(start).toISOString().slice(0, 10)}: ${replicas} replicas; of the requests of two clients ${sum("good")} were answered, and ${sum("bad")} failed at first`,
    groups: [
      { title: "Image pull Secrets", rows: secrets.map(secretRow) },
      {
        title: "Jobs",
        rows: [jobRow("pull check", "fleet-pull-check", "check"), jobRow("migration", "fleet-migration", "work")],
      },
      { title: "Fleet's pods", rows: pods.map(podRow) },
      {
        title: `Requests to Fleet in each ${columnMs / 1000} s`,
        rows: [clientRow("new connections", clients.new), clientRow("kept connections", clients.kept)],
      },
    ],
    marks: marks.map(({ at, text }) => ({ at: since(at), text })),
    legend: {
      old: "old",
      new: "new",
      starting: "not ready yet",
      ending: "told to stop",
      check: "pull check",
      work: "migration",
      good: "answered",
      bad: "failed",
    },
  };
}

function histories(observations: readonly Observation[]): readonly History[] {
  const all = new Map<string, [Observation, ...Observation[]]>();
  for (const one of observations) {
    // A Job of the same name, such as the migration's of the next revision, is another object.
    const { kind, metadata } = one.object;
    const key = [...all.keys()].filter((known) => known.startsWith(`${kind}/${metadata.name}/`)).at(-1);
    const known = key === undefined ? undefined : all.get(key);
    if (known === undefined || known.at(-1)?.type === "DELETED") all.set(`${kind}/${metadata.name}/${one.at}`, [one]);
    else known.push(one);
  }
  return [...all.values()];
}

const firstAt = (history: History, is: (one: Observation) => boolean): number | undefined => history.find(is)?.at;

const goneAt = (history: History) => firstAt(history, ({ type }) => type === "DELETED");

const has = ({ object }: Observation, condition: string) =>
  object.status?.conditions?.some(({ type, status }) => type === condition && status === "True") === true;

const isComplete = (one: Observation) => has(one, "Complete") || has(one, "Failed");

const isReady = (one: Observation) => has(one, "Ready");
