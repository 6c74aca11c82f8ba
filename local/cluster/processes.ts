import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { readOr } from "../support/read-or";
import type { Places } from "./places";

const name = "FLEET_LOCAL_NODE";
const hasProc = existsSync("/proc/self/environ");

/** In the environment of every process of a cluster: they are found by it also when the cluster's files were deleted under them. */
export const mark = (places: Places): Readonly<Record<string, string>> => ({ [name]: places.id });

/** Ids of all processes of a cluster that this user can see into. */
export function markedProcesses(places: Places): number[] {
  const wanted = `${name}=${places.id}`;
  if (!hasProc) {
    // The environment follows the command.
    const lines = ps("-axEww", "-o", "pid=", "-o", "command=").split("\n");
    return lines.filter((line) => line.split(" ").includes(wanted)).map((line) => Number.parseInt(line, 10));
  }
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(wanted));
}

/** Ends all processes of a cluster. */
export async function endProcesses(places: Places): Promise<void> {
  // One that is about to start another may not have been the last.
  for (let pids = markedProcesses(places); pids.length > 0; pids = markedProcesses(places)) {
    await Promise.all(pids.map(kill));
  }
}

/** The first word of a process's command line; `undefined` for none, and for one that has ended. */
export function commandOf(pid: number, proc = "/proc"): string | undefined {
  const command = hasProc
    ? read(`${proc}/${pid}/cmdline`).split("\0")[0]
    : ps("-ww", "-p", String(pid), "-o", "comm=").trim();
  return command === "" ? undefined : command;
}

/** Ends a process with SIGKILL, and waits until all that it held is free: its ports are the last. */
export async function kill(pid: number): Promise<void> {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return; // it ended meanwhile
  }
  for (let waited = 0; holds(pid); waited += 5) {
    if (waited > 30_000) throw new Error(`Process ${pid} of the local cluster does not end.`);
    await sleep(5);
  }
}

/** Whether a process is more than a line in the table that its parent has not read yet: in Linux, its other threads may still be. */
function holds(pid: number): boolean {
  if (hasProc) {
    const [, state = "X", threads] = /^State:\s+(\w)[^]*^Threads:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`)) ?? [];
    return !"ZX".includes(state) || Number(threads) > 1;
  }
  return /^[^Z]/.test(ps("-p", String(pid), "-o", "state=").trim());
}

/** A file of a process, which may end at any time. */
const read = (file: string): string => readOr(file, "");

const ps = (...args: string[]): string => spawnSync("ps", args, { encoding: "utf8" }).stdout;
