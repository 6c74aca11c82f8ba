import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ProcessSample, SamplerOrder } from "./process-sampler-worker";

export type { ProcessSample };

/**
 * Watches the command line and the environment of every process that descends from this one, from a thread of its own: it
 * looks every few milliseconds whatever this thread does, so that a process that lives for a moment is seen too.
 */
export class ProcessSampler {
  private constructor(
    private readonly worker: Worker,
    private readonly stopped: Int32Array,
  ) {}

  /** Resolves once it looks. */
  static async start(): Promise<ProcessSampler> {
    const stopped = new Int32Array(new SharedArrayBuffer(4));
    const workerData: SamplerOrder = { root: process.pid, stopped };
    const worker = new Worker(require.resolve("./process-sampler-worker"), {
      workerData,
      execArgv: ["--require", "tsx/cjs"],
    });
    await nextMessage(worker);
    return new ProcessSampler(worker, stopped);
  }

  /** Ends it; what it saw, in the order in which it saw it. A process that changed is there once for each state. */
  async stop(): Promise<readonly ProcessSample[]> {
    const samples = nextMessage<readonly ProcessSample[]>(this.worker);
    Atomics.store(this.stopped, 0, 1);
    Atomics.notify(this.stopped, 0);
    return samples;
  }
}

/** An error of the thread rejects this, or ends the process where nobody waits: never silence. */
async function nextMessage<T>(worker: Worker): Promise<T> {
  const [message] = (await once(worker, "message")) as [T];
  return message;
}

/** A sample's command line in one piece, for messages and patterns. */
export const commandOf = ({ argv }: ProcessSample) => argv.join(" ");

/** What the samples show, apart for each variable: `PID COMMAND: argv` or `PID COMMAND: env NAME`. */
export function processPlaces(samples: readonly ProcessSample[]): Map<string, string> {
  const places = new Map<string, string>();
  const add = (place: string, text: string) => places.set(place, `${places.get(place) ?? ""}${text}\n`);
  for (const { pid, argv, environ } of samples) {
    const command = `${pid} ${argv[0] ?? ""}`;
    add(`${command}: argv`, argv.join("\n"));
    for (const variable of environ) add(`${command}: env ${variable.split("=", 1)[0] ?? ""}`, variable);
  }
  return places;
}
