import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { tryRun } from "../../commands/process";

/** Debian keeps `iptables` and the like here, and not every root shell has these folders on `PATH`. */
const sbin = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

export function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first executable of this name on `PATH` or in a system folder for administrators; `undefined` if there is none. */
export function onPath(command: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return [...folders, ...sbin].map((folder) => path.join(folder, command)).find(isExecutable);
}

/** A version as `[major, minor, patch]`. */
export type Version = readonly [major: number, minor: number, patch: number];

/** The first `1.2.3` in a text, with or without a leading `v`. */
export function parseVersion(text: string): Version | undefined {
  const match = /(?<![\d.])(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/**
 * What a program prints for its version, or `undefined` when it does not answer with exit code 0 in 10 s.
 * The user's kubeconfig is kept out of it: asking for a version has nothing to do with a cluster.
 */
export async function versionOutput(command: string, args: readonly string[]): Promise<string | undefined> {
  const env = { KUBECONFIG: os.devNull, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const result = await tryRun(command, args, { timeout: 10_000, env }).catch(() => undefined);
  return result?.code === 0 ? result.stdout : undefined;
}
