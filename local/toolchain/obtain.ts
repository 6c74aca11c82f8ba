import * as path from "node:path";
import { download, reaches } from "./download";
import { isExecutable } from "./find";
import { build, builtPath, toolFolder } from "./go-build";
import type { GoModule } from "./go-modules";
import { officialRelease, type ReleaseName } from "./releases";
import { toolCache } from "./tool-cache";

/** A program of the cache. */
export interface Obtained {
  /** Absolute path. */
  readonly file: string;
  readonly from: "download" | "Go modules";
}

/** A program that was downloaded or built before; nothing is asked of the network. */
export function findObtained(name: ReleaseName, module: GoModule, folder = toolFolder(module)): Obtained | undefined {
  const downloaded = path.join(downloadFolder(name), name);
  if (isExecutable(downloaded)) return { file: downloaded, from: "download" };
  const built = builtPath(module, name, folder);
  return isExecutable(built) ? { file: built, from: "Go modules" } : undefined;
}

/**
 * A program in a pinned version: as it was obtained before, else the official download, else a build from Go modules.
 *
 * @param folder where it is built to
 */
export async function obtain(name: ReleaseName, module: GoModule, folder?: string): Promise<Obtained> {
  const found = findObtained(name, module, folder);
  if (found !== undefined) return found;
  const release = officialRelease(name);
  const downloaded = release && (await download(release, downloadFolder(name)));
  if (downloaded !== undefined) return { file: path.join(downloaded, name), from: "download" };
  return { file: await build(module, name, folder), from: "Go modules" };
}

/** Whether `obtain` has to build a program: it is not there, and its download does not exist or cannot be reached. */
export async function isToBuild(name: ReleaseName, module: GoModule, folder?: string): Promise<boolean> {
  if (findObtained(name, module, folder) !== undefined) return false;
  const release = officialRelease(name);
  return release === undefined || !(await reaches(release));
}

const downloadFolder = (name: ReleaseName) =>
  path.join(
    toolCache,
    "official",
    `${name}-${officialRelease(name)?.version ?? ""}-${process.platform}-${process.arch}`,
  );
