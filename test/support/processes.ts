import * as fs from "node:fs";

/** Everything that a process has started; Linux lists the children of each of its threads apart. */
export function descendants(pid: number): number[] {
  return threads(pid).flatMap((thread) => {
    const children = readNow(`/proc/${pid}/task/${thread}/children`).trim().split(/\s+/).filter(Boolean).map(Number);
    return children.flatMap((child) => [child, ...descendants(child)]);
  });
}

function threads(pid: number): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

/** A file that may go at any time; then it reads as nothing. */
export function readNow(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
