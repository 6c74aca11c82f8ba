import { say } from "../terminal";
import type { Pulumi } from "./pulumi";

/** Ctrl-C, and what a CI system sends to end a job: each is handed on to what Pulumi runs, and the first one fires the signal. */
export function listenForSignals(pulumi: Pulumi): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const first = !interruption.signal.aborted;
      interruption.abort();
      if (pulumi.interrupt() && first) say("Interrupted: Pulumi ends what it is doing; once more, and it gives up.");
    });
  }
  return interruption.signal;
}
