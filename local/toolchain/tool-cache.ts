import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDir } from "../support/paths";

/** Everything this toolchain has built or downloaded, one folder per version. */
export const toolCache = path.join(cacheDir, "tools");

/** The first 12 hex digits of a SHA-256 over the given parts. */
export function fingerprint(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 12);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Removes what killed runs left half-made beside `target`. */
function sweep(target: string): void {
  const prefix = `${path.basename(target)}.tmp-`;
  for (const name of fs.readdirSync(path.dirname(target))) {
    if (name.startsWith(prefix) && !isRunning(Number.parseInt(name.slice(prefix.length), 10)))
      fs.rmSync(path.join(path.dirname(target), name), { recursive: true, force: true });
  }
}

const underWay = new Map<string, Promise<string>>();

/**
 * A cached file or folder: returned at once when it exists, else made under a temporary name and renamed, so that
 * neither a killed run nor two runs at once leave a half-made one.
 */
export function cached(target: string, make: (temporary: string) => Promise<void>): Promise<string> {
  if (fs.existsSync(target)) return Promise.resolve(target);
  const running = underWay.get(target);
  if (running) return running;
  const work = makeAndRename(target, make).finally(() => underWay.delete(target));
  underWay.set(target, work);
  return work;
}

async function makeAndRename(target: string, make: (temporary: string) => Promise<void>): Promise<string> {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  sweep(target);
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    await make(temporary);
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    // A folder cannot be renamed onto one that another run has finished meanwhile; that one is as good.
    if (!fs.existsSync(target)) throw error;
  }
  return target;
}
