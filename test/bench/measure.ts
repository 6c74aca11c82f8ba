import { descendants, readNow } from "../support/processes";

/** One command, measured several times. */
export interface Figure {
  /** Seconds, from the fastest run to the slowest. */
  readonly seconds: readonly number[];
  /** Seconds of processor time of all that the command started, from the smallest to the largest. */
  readonly processor: readonly number[];
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
  const processor: number[] = [];
  const peaks = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    await prepare();
    const stop = watch(peaks);
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
    processor.push(stop());
  }
  const [process = "none", megabytes = 0] = [...peaks].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { seconds: sorted(seconds), processor: sorted(processor), memory: { process, megabytes } };
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Of numbers in order. */
export const median = (numbers: readonly number[]): number => numbers[Math.floor(numbers.length / 2)] ?? NaN;

/** Linux counts in hundredths of a second (`getconf CLK_TCK`), whatever the machine. */
const ticksPerSecond = 100;

/**
 * Looks every 50 ms at what this process has started; Linux keeps each process's peak and time itself.
 *
 * @returns what ends it, and tells the seconds of processor time
 */
function watch(peaks: Map<string, number>): () => number {
  const ticks = new Map<number, number>();
  const timer = setInterval(() => {
    for (const pid of descendants(process.pid)) {
      const status = readNow(`/proc/${pid}/status`);
      const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "unknown";
      const megabytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
      peaks.set(name, Math.max(peaks.get(name) ?? 0, megabytes));
      // After the name, which may hold blanks, the 12th and 13th field are the time in the process and in the kernel.
      const fields = readNow(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
      if (fields.length > 12) ticks.set(pid, Number(fields[11]) + Number(fields[12]));
    }
  }, 50);
  return () => {
    clearInterval(timer);
    return [...ticks.values()].reduce((sum, one) => sum + one, 0) / ticksPerSecond;
  };
}
