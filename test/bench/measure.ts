import { descendants, readNow } from "../support/processes";

/** One command, measured several times. */
export interface Figure {
  /** Seconds, from the fastest run to the slowest. */
  readonly seconds: readonly number[];
  /** The largest resident set of any one process that the command started, in MB, with its name. */
  readonly memory: { readonly process: string; readonly megabytes: number };
}

/** Runs `work` several times; `prepare` comes before each run and is not measured. */
export async function measure(
  runs: number,
  work: () => Promise<void>,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Figure> {
  const seconds: number[] = [];
  const peaks = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    await prepare();
    const stop = watchMemory(peaks);
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
    stop();
  }
  const [process = "none", megabytes = 0] = [...peaks].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { seconds: seconds.sort((a, b) => a - b), memory: { process, megabytes } };
}

export function median({ seconds }: Figure): number {
  return seconds[Math.floor(seconds.length / 2)] ?? NaN;
}

/** Looks every 50 ms at what this process has started; Linux keeps each process's peak itself. */
function watchMemory(peaks: Map<string, number>): () => void {
  const timer = setInterval(() => {
    for (const pid of descendants(process.pid)) {
      const status = readNow(`/proc/${pid}/status`);
      const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "unknown";
      const megabytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
      peaks.set(name, Math.max(peaks.get(name) ?? 0, megabytes));
    }
  }, 50);
  return () => clearInterval(timer);
}
