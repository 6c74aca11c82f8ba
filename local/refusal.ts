import type { RunResult } from "./support/run";

/** What the registry check says of a wrong password: most registries answer it with 401, some with 403. */
export const refusedAtPreview = /wrong password|does not let .+ pull/;

/** What the kubelet says of it, in containerd's words. */
export const refusedAtUp = /401 Unauthorized|403 Forbidden|insufficient_scope|access denied/;

/** The line that says why, of a run that had to fail. */
export function refusalIn({ code, stdout, stderr }: RunResult, reason: RegExp): string {
  const line = `${stdout}\n${stderr}`.split("\n").findLast((text) => reason.test(text));
  if (code === 0 || line === undefined) throw new Error(`The wrong password was not refused:\n${stdout}\n${stderr}`);
  return line.trim();
}
