import * as fs from "node:fs";

interface OfStep {
  readonly metadata: { readonly op: string; readonly urn: string };
}

/** What the engine writes into the file of `--event-log`, one event a line, as it happens. */
export interface EngineEvent {
  /** The engine begins. */
  readonly preludeEvent?: object;
  /** A step begins. */
  readonly resourcePreEvent?: OfStep;
  /** A step ends. */
  readonly resOutputsEvent?: OfStep;
  /** All steps have ended. */
  readonly summaryEvent?: object;
}

/** The flag, which is hidden without a variable. */
export const eventLog = (file: string) => ({
  args: ["--event-log", file],
  env: { PULUMI_DEBUG_COMMANDS: "true" },
});

/** The whole events so far: the last line may be half written. */
export function eventsIn(file: string): EngineEvent[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}

/** The name that a resource has in the program. */
export const nameIn = (urn: string): string => urn.split("::").at(-1) ?? "";
