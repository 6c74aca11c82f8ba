import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { UserError } from "../../components/user-error";

/** What pods cannot do without; the kubelet also wants hugetlb where the kernel has it. */
const needed = ["cpu", "cpuset", "memory", "pids"];

/** Holds the processes of a container's own root cgroup for as long as a cluster runs there. */
const aside = "fleet-processes";

/**
 * Makes a cgroup below `root`, the mount point of a v2 tree, with all controllers in it and below it.
 * @throws UserError where the tree does not give what pods need
 */
export function makeUnifiedCgroup(name: string, root: string): void {
  const group = path.join(root, name);
  mkdirSync(group, { recursive: true });
  // The kernel's own root alone may have both processes and controllers for its children, and it alone has no type. What a container
  // sees as its root has one: enabling there would fail for some controllers, and for others make every child unusable.
  if (existsSync(path.join(root, "cgroup.type"))) moveProcesses(root, path.join(root, aside));
  // Also in the new cgroup itself: systemd, to whom the tree belongs on most machines, takes back what no cgroup below makes use of.
  for (const folder of [root, group]) enable(folder, words(root, "cgroup.controllers"));
  const given = words(group, "cgroup.controllers");
  const missing = needed.filter((controller) => !given.includes(controller));
  if (missing.length === 0) return;
  throw new UserError(
    `The local cluster's pods need the cgroup controllers ${missing.join(", ")}, which ${root} does not give: enable them ` +
      "(a kernel parameter such as cgroup_enable=memory; for a container, delegation by the host), or set LOCAL_NODE=simulated.",
  );
}

/** Moves back the processes that were moved aside, when no cluster is left. */
export function restoreProcesses(root: string): void {
  const folder = path.join(root, aside);
  if (!existsSync(folder) || readdirSync(root).some((name) => /^fleet-[0-9a-f]{8}$/.test(name))) return;
  const controllers = words(root, "cgroup.subtree_control");
  try {
    writeFileSync(
      path.join(root, "cgroup.subtree_control"),
      controllers.map((controller) => `-${controller}`).join(" "),
    );
  } catch {
    return; // something else works with them by now, and the root must stay without processes
  }
  moveProcesses(folder, root);
  rmdirSync(folder);
}

/** One by one: a machine's settings can forbid a single controller (cpu, while a process has real-time priority). */
function enable(folder: string, controllers: readonly string[]): void {
  for (const controller of controllers) {
    try {
      writeFileSync(path.join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // What is missed is missed where it is needed.
    }
  }
}

function moveProcesses(from: string, to: string): void {
  // More than once, since a process can start another meanwhile. One outside of this PID namespace has the number 0, and has to stay.
  for (let tries = 0; tries < 20; tries++) {
    const processes = words(from, "cgroup.procs").filter((pid) => pid !== "0");
    if (processes.length === 0) return;
    mkdirSync(to, { recursive: true });
    for (const pid of processes) {
      try {
        writeFileSync(path.join(to, "cgroup.procs"), pid);
      } catch {
        // it ended meanwhile
      }
    }
  }
}

function words(folder: string, file: string): string[] {
  return readFileSync(path.join(folder, file), "utf8").split(/\s+/).filter(Boolean);
}
