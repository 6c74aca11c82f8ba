import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { readOr } from "../support/read-or";
import type { Places } from "./places";

/** One of the node's long-running programs. */
export interface Component {
  /** Also the name of its log file, without `.log`. */
  readonly name: string;
  /** Absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a node's programs run: in its namespaces, or as ordinary processes of this machine. */
export interface Place {
  /** Starts a program that outlives this process, with nothing of this process's environment; it may have ended when this resolves. */
  start(component: Component, logFile: string): Promise<void>;
  /** The id of the process that was started for a component, as seen there; `undefined` when it does not run. */
  find(component: Component): number | undefined;
  kill(pid: number): Promise<void>;
}

export const logFile = (places: Places, name: string) => path.join(places.logs, `${name}.log`);

/** Starts a component, unless it runs already. */
export async function startComponent(places: Places, place: Place, component: Component): Promise<void> {
  if (place.find(component) !== undefined) return;
  mkdirSync(places.logs, { recursive: true });
  await place.start(component, logFile(places, component.name));
}

/** Ends a component with SIGKILL and waits until it is gone. */
export async function stopComponent(place: Place, component: Component): Promise<void> {
  for (let pid = place.find(component); pid !== undefined; pid = place.find(component)) {
    await place.kill(pid);
    await sleep(20);
  }
}

/** Waits until `isReady`; an error with the component's last log lines when it ends before, or after `seconds`. */
export async function waitFor(
  places: Places,
  place: Place,
  component: Component,
  isReady: () => Promise<boolean> | boolean,
  seconds = 60,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isReady())) {
    const alive = place.find(component) !== undefined;
    if (!alive || performance.now() > end) {
      const log = logFile(places, component.name);
      const what = alive ? `is not ready after ${seconds} s` : "ended";
      throw new Error(`${component.name} of the local cluster ${what}; its log ${log} ends with:\n${lastLines(log)}`);
    }
    await sleep(100);
  }
}

const lastLines = (file: string): string => readOr(file, "(no log)").trim().split("\n").slice(-10).join("\n");
