import type { RunResult } from "../commands/process";

/** What the registry check says of a wrong password. */
export const refusedAtPreview = /wrong password/;

/** What the kubelet says of it, in containerd's words. */
export const refusedAtUp = /401 Unauthorized/;

/** The line that says why, of a run that had to fail. */
export function refusalIn({ code, stdout, stderr }: RunResult, reason: RegExp): string {
  const line = `${stdout}\n${stderr}`.split("\n").findLast((text) => reason.test(text));
  if (code === 0 || line === undefined) throw new Error(`The wrong password was not refused:\n${stdout}\n${stderr}`);
  return line.trim();
}
