import * as fs from "node:fs";
import type { EngineEvent } from "../../commands/rotate/engine-events";

/** The whole events so far: the last line may be half written. */
export function eventsIn(file: string): EngineEvent[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}

/** The name that a resource has in the program. */
export const nameIn = (urn: string): string => urn.split("::").at(-1) ?? "";
