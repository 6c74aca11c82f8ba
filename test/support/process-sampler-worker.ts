import * as fs from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

/** A process as it was at one moment. */
export interface ProcessSample {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
  /** `NAME=value`, as the process was started with. */
  readonly environ: readonly string[];
}

export interface SamplerOrder {
  /** The process whose descendants are watched. */
  readonly root: number;
  /** Set to 1 and notified: time to report and to end. */
  readonly stopped: Int32Array;
}

interface Watched {
  readonly pid: string;
  readonly parent: string;
  rounds: number;
  /** Command line and environment as last seen. */
  content: string;
}

const { root, stopped } = workerData as SamplerOrder;
const pauseMs = 2;
/** A process of this many rounds has done its `exec`: looking at it now and then is enough. */
const young = 200;
const glance = 25;

/** What is known of each process: watched, or not a descendant. */
const known = new Map<string, Watched | undefined>();
const samples: ProcessSample[] = [];

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return ""; // it has ended
  }
}

/** Whether its parent, or the leader of its group or session (when the parent has ended), is watched. */
function watch(pid: string): Watched | undefined {
  if (known.has(pid)) return known.get(pid);
  const stat = read(`/proc/${pid}/stat`);
  if (stat === "") return undefined;
  const [parent = "0", group = "0", session = "0"] = stat.slice(stat.lastIndexOf(")") + 4).split(" ");
  const descends =
    pid === String(root) ||
    (parent !== "0" && watch(parent) !== undefined) ||
    known.get(group) !== undefined ||
    known.get(session) !== undefined;
  const watched = descends ? { pid, parent, rounds: 0, content: "" } : undefined;
  known.set(pid, watched);
  return watched;
}

function look(watched: Watched): void {
  const { pid, parent, rounds } = watched;
  watched.rounds++;
  if (rounds > young && rounds % glance !== 0) return;
  const [argv, environ] = [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)];
  const content = `${argv}\0\0${environ}`;
  if (content === watched.content || argv === "") return;
  watched.content = content;
  const parts = (text: string) => text.split("\0").filter((part) => part !== "");
  samples.push({ pid: Number(pid), parent: Number(parent), argv: parts(argv), environ: parts(environ) });
}

parentPort?.postMessage("looking");
while (Atomics.load(stopped, 0) === 0) {
  for (const pid of fs.readdirSync("/proc")) {
    if (!/^\d/.test(pid)) continue;
    const watched = watch(pid);
    if (watched !== undefined) look(watched);
  }
  Atomics.wait(stopped, 0, 0, pauseMs);
}
parentPort?.postMessage(samples);
