interface OfStep {
  readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
}

/** What the engine writes into the file of `--event-log`, one event a line, as it happens. */
export interface EngineEvent {
  /** The engine begins. */
  readonly preludeEvent?: object;
  /** A step begins. */
  readonly resourcePreEvent?: OfStep;
  /** A step ends. */
  readonly resOutputsEvent?: OfStep;
  /** A step fails. */
  readonly resOpFailedEvent?: OfStep;
  /** All steps have ended. */
  readonly summaryEvent?: object;
}

/** The flag, which is hidden without a variable. */
export const eventLog = (file: string) => ({
  args: ["--event-log", file],
  env: { PULUMI_DEBUG_COMMANDS: "true" },
});
