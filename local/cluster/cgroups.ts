import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync, type Dirent } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { makeUnifiedCgroup, restoreProcesses } from "./cgroup-v2";

const system = "/sys/fs/cgroup";

/** The folders of a top-level cgroup: one per hierarchy (cgroup v1 and hybrid), or a single one (v2). */
export function cgroupFolders(name: string, mountPoint = system): string[] {
  const hierarchies = [mountPoint, ...subfolders(mountPoint)];
  return hierarchies
    .map((folder) => path.join(folder, name))
    .filter((folder) => subfolders(path.dirname(folder)).includes(folder));
}

/**
 * Makes a top-level cgroup with every resource controller that this machine has, for a kubelet to work below.
 * @throws UserError where a v2 tree lacks what pods need
 */
export function makeCgroup(name: string, mountPoint = system): void {
  if (existsSync(path.join(mountPoint, "cgroup.controllers"))) {
    makeUnifiedCgroup(name, mountPoint);
    return;
  }
  for (const hierarchy of subfolders(mountPoint)) {
    const folder = path.join(hierarchy, name);
    mkdirSync(folder, { recursive: true });
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      // A new v1 cpuset is empty, and takes no process before it is filled.
      const [from, to] = [path.join(hierarchy, file), path.join(folder, file)];
      if (existsSync(from)) writeFileSync(to, readFileSync(from, "utf8"));
    }
  }
}

/** Removes a cgroup and all below it. Its processes must have been told to end. */
export async function removeCgroups(name: string, mountPoint = system): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    const left = cgroupFolders(name, mountPoint);
    if (left.length === 0) break;
    try {
      for (const folder of left) removeTree(folder);
    } catch (error) {
      if (waited > 10_000) throw error; // EBUSY passes when the last process is gone
      await sleep(50);
    }
  }
  restoreProcesses(mountPoint);
}

function removeTree(folder: string): void {
  for (const child of subfolders(folder)) removeTree(child);
  rmdirSync(folder);
}

function subfolders(folder: string): string[] {
  let entries: Dirent[] = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // gone, or no cgroups here
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
}
