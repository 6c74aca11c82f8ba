import type { EngineEvent } from "./engine-events";

/** One step of an update, as the engine told of it while it ran. Times are milliseconds since the epoch. */
export interface UpdateStep {
  /** Pulumi's word: `create-replacement`, `update`, `delete-replaced`, … */
  readonly op: string;
  /** The resource's type token. */
  readonly type: string;
  readonly from: number;
  /** `undefined` where it had not ended when the update did. */
  readonly to?: number;
  readonly failed?: true;
}

/** Those that change nothing, and `replace`, which stands for the two steps that it is made of. */
const idle = new Set(["same", "read", "refresh", "replace", "read-replacement", "discard-replaced"]);

/** Makes steps of the engine's events; of all that an event holds it keeps nothing else. */
export class UpdateSteps {
  private readonly begun: { readonly key: string; step: UpdateStep }[] = [];

  get steps(): readonly UpdateStep[] {
    return this.begun.map(({ step }) => step);
  }

  /** @param line one event, as `--event-log` writes it */
  add(line: string, at: number): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } = parsed(line);
    const one = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (one === undefined || idle.has(one.op)) return;
    const key = `${one.op} ${one.urn}`;
    if (resourcePreEvent !== undefined) {
      this.begun.push({ key, step: { op: one.op, type: one.type, from: at } });
      return;
    }
    // Two old Secrets of one resource may be deleted at once: it does not matter which of them ends first.
    const running = this.begun.find((other) => other.key === key && other.step.to === undefined);
    if (running === undefined) return;
    running.step = { ...running.step, to: at, ...(resOpFailedEvent !== undefined && { failed: true }) };
  }
}

function parsed(line: string): EngineEvent {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return {}; // the last one of an engine that was killed
  }
}
