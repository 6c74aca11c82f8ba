import { UserError } from "../components/user-error";
import { withoutUserInfo } from "../registry/user-info";
import type { Variables } from "./make-variables";

/** @param areTerminals whether all output goes to a terminal: `make local > FILE` leaves no escapes in the file */
export const hasColour = (areTerminals: boolean, { NO_COLOR = "", TERM }: Variables): boolean =>
  areTerminals && NO_COLOR === "" && TERM !== "dumb";

const colour = hasColour(process.stdout.isTTY && process.stderr.isTTY, process.env);
const paint = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

/** One visible line. Progress goes to standard error, so that standard output stays for results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step: says what it does, and how long it took; every 15 s of silence, that it is still at it. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  say(`${dim("·")} ${what} …`);
  const still = setInterval(() => say(dim(`  ${what}: still working, ${seconds(start)}`)), 15_000);
  try {
    const result = await work();
    say(`${green("✓")} ${what} ${dim(`(${seconds(start)})`)}`);
    return result;
  } catch (error) {
    say(`${red("✗")} ${what} ${dim(`(${seconds(start)})`)}`);
    throw error;
  } finally {
    clearInterval(still);
  }
}

/** Left-aligned columns with two spaces between them; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Runs a command's main function; a `UserError` prints as its message, anything else with its stack. */
export function main(work: () => Promise<void>): void {
  let ended = false;
  // Node ends silently, and with success, when nothing is left that a promise could wait for.
  process.once("exit", () => {
    if (ended) return;
    say(red("Ended before it was done."));
    process.exitCode = 1;
  });
  work()
    .catch((error: unknown) => {
      const known = error instanceof UserError ? withoutUserInfo(error.message) : undefined;
      say(red(known ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))));
      process.exitCode = 1;
    })
    .finally(() => (ended = true));
}
