import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import type { ClusterTools } from "../toolchain";
import type { Places } from "./places";
import type { Servers } from "./servers";

/** What a cluster remembers from one start to the next. */
export interface State {
  readonly servers: Servers;
  readonly tools: ClusterTools;
  /** All of it was started and ready: what a start that was killed has begun may run, and lack the rest. */
  readonly wasReady: boolean;
}

const stateFile = (places: Places) => path.join(places.folder, "state.json");

/** The remembered state; `undefined` when there is none or it cannot be read. */
export function readState(places: Places): State | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(places), "utf8")) as State;
  } catch {
    return undefined;
  }
}

export function writeState(places: Places, state: State): void {
  writeWhole(stateFile(places), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** Writes a file so that it is there whole or not at all, also when this process is killed. Only its owner may read it. */
export function writeWhole(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content, { mode: 0o600 });
  renameSync(unfinished, file);
}
