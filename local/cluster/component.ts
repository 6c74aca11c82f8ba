import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Layout } from "./layout";
import { inNode, runIn } from "./node";

/** One of the node's long-running programs. */
export interface Component {
  /** Also the name of its log file, without `.log`. */
  readonly name: string;
  /** Absolute path. */
  readonly command: string;
  readonly args: readonly string[];
}

export const logFile = (layout: Layout, name: string) => path.join(layout.logs, `${name}.log`);
const pidFile = (layout: Layout, name: string) => path.join(layout.pids, name);

function pidOf(layout: Layout, name: string): number | undefined {
  try {
    return Number(readFileSync(pidFile(layout, name), "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that was started for this component is there, and is not another one with its id. */
export function isAlive(layout: Layout, node: number, component: Component): boolean {
  const pid = pidOf(layout, component.name);
  if (pid === undefined) return false;
  try {
    return readFileSync(inNode(node, `/proc/${pid}/cmdline`), "utf8").split("\0")[0] === component.command;
  } catch {
    return false;
  }
}

/** Starts a component as a child of the node's first process, unless it runs already. */
export async function startComponent(layout: Layout, node: number, component: Component): Promise<void> {
  if (isAlive(layout, node, component)) return;
  mkdirSync(layout.pids, { recursive: true });
  const files = [logFile(layout, component.name), pidFile(layout, component.name)];
  const script = 'log=$1 pid=$2; shift 2; setsid "$@" >>"$log" 2>&1 & echo $! >"$pid"';
  const command = [component.command, ...component.args];
  const result = await runIn(node, "/bin/sh", ["-c", script, "start", ...files, ...command]);
  if (result.code !== 0) throw new Error(`${component.name} could not be started: ${result.stderr.trim()}`);
  // The process is still on its way through setsid, or has ended already: that shows at the first `waitFor`.
  const pid = pidOf(layout, component.name);
  while (existsSync(inNode(node, `/proc/${pid ?? 0}`)) && !isAlive(layout, node, component)) await sleep(5);
}

/** Ends a component with SIGKILL and waits until it is gone. */
export async function stopComponent(layout: Layout, node: number, component: Component): Promise<void> {
  const pid = pidOf(layout, component.name);
  while (isAlive(layout, node, component)) {
    await runIn(node, "/bin/sh", ["-c", 'kill -KILL "$1"', "stop", String(pid)]);
    await sleep(20);
  }
  rmSync(pidFile(layout, component.name), { force: true });
}

/** Waits until `isReady`; an error with the component's last log lines when it ends before, or after `seconds`. */
export async function waitFor(
  layout: Layout,
  node: number,
  component: Component,
  isReady: () => Promise<boolean> | boolean,
  seconds = 60,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isReady())) {
    const alive = isAlive(layout, node, component);
    if (!alive || performance.now() > end) {
      const log = logFile(layout, component.name);
      const what = alive ? `is not ready after ${seconds} s` : "ended";
      throw new Error(`${component.name} of the local cluster ${what}; its log ${log} ends with:\n${lastLines(log)}`);
    }
    await sleep(100);
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, "utf8").trim().split("\n").slice(-10).join("\n");
  } catch {
    return "(no log)";
  }
}
