import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../components/user-error";

/** In a run's folder from before its first file until it has ended well; it names the process. */
const marker = "unfinished";

/**
 * Marks a folder as one in which this process is at work.
 *
 * @returns whether an earlier run did not end well, so that what is in the folder may be half made
 * @throws UserError while another process is at work in it
 */
export function beginRun(folder: string): boolean {
  const file = path.join(folder, marker);
  const isUnfinished = fs.existsSync(file);
  if (isUnfinished && isRunning(fs.readFileSync(file, "utf8"))) {
    throw new UserError("Another make local is at work in this checkout; let it end first.");
  }
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, processName(process.pid) ?? "");
  return isUnfinished;
}

export function endRun(folder: string): void {
  fs.rmSync(path.join(folder, marker));
}

/** Removes what an earlier run made. The mark stays: a kill in here leaves a half-made folder too. */
export function clearRun(folder: string): void {
  for (const name of fs.readdirSync(folder).filter((one) => one !== marker)) {
    fs.rmSync(path.join(folder, name), { recursive: true });
  }
}

const isRunning = (owner: string): boolean => processName(Number.parseInt(owner, 10)) === owner;

/**
 * A process's number and, where `/proc` tells, when it began: numbers are given again, after a restart of the machine from
 * the first one. `undefined` for one that has ended, even if nobody has asked how.
 */
function processName(pid: number): string | undefined {
  if (!fs.existsSync("/proc/self/stat")) return answers(pid) ? String(pid) : undefined;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses, which may hold spaces; the state and 18 others follow.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : `${pid} ${fields[18]}`;
  } catch {
    return undefined;
  }
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
