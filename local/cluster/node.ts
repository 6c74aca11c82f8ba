import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { run, tryRun, type RunOptions, type RunResult } from "../support/run";
import { makeCgroup, removeCgroups } from "./cgroups";
import { dataFolders, nodeName, type Layout } from "./layout";
import { hiddenFolders } from "./visible-folders";

const marker = "FLEET_LOCAL_NODE";

/**
 * What every process of the node gets as its environment. No proxy of the caller's shell reaches it, and no home folder: the kubelet
 * would pull with the credentials of ~/.docker/config.json there.
 */
const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/run" };

/**
 * Host process id of the node's first process, if the node lives. It is found by a mark in its environment, not by a file:
 * that also finds a node whose state folder was deleted under it.
 */
export function findNode(layout: Layout): number | undefined {
  return markedProcesses(layout).find((pid) => /^NSpid:\s+\d+\s+1$/m.test(readProc(pid, "status")));
}

function markedProcesses(layout: Layout): number[] {
  const found: number[] = [];
  for (const entry of readdirSync("/proc")) {
    if (/^\d+$/.test(entry) && readProc(Number(entry), "environ").split("\0").includes(`${marker}=${layout.id}`))
      found.push(Number(entry));
  }
  return found;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
}

/** A path inside the node, as the host reaches it. */
export const inNode = (node: number, file: string) => path.join(`/proc/${node}/root`, file);

/**
 * Makes the node: its namespaces and mounts, no network yet.
 * @param visible the folders that its processes need, wherever they lie
 * @throws UserMistake for a folder that the node cannot show
 */
export async function createNode(layout: Layout, visible: readonly string[]): Promise<number> {
  const hidden = hiddenFolders(visible);
  for (const folder of [...dataFolders, "tmp"]) mkdirSync(path.join(layout.folder, folder), { recursive: true });
  mkdirSync(path.join(layout.logs, "pods"), { recursive: true });
  makeCgroup(layout.cgroup);
  const log = openSync(path.join(layout.logs, "node.log"), "a");
  const namespaces = ["--fork", "--kill-child", "--pid", "--mount", "--net", "--uts", "--ipc", "--mount-proc"];
  const script = ["/bin/sh", path.join(__dirname, "init.sh"), nodeName, layout.folder, layout.logs, ...hidden];
  const child = spawn("unshare", [...namespaces, ...script], {
    cwd: "/",
    detached: true,
    env: { ...environment, [marker]: layout.id },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  for (let waited = 0; waited < 10_000; waited += 20) {
    const node = findNode(layout);
    if (node !== undefined && existsSync(inNode(node, "/run/node-is-up"))) return node;
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`The local cluster's node did not come up; ${path.join(layout.logs, "node.log")} says why.`);
}

/** Runs a command in all of the node's namespaces, in `/`, with nothing of this process's environment. */
export function runIn(
  node: number,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const enter = ["--target", String(node), "--mount", "--uts", "--ipc", "--net", "--pid", "--"];
  const none = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  return tryRun("nsenter", [...enter, command, ...args], {
    ...options,
    env: { ...none, ...environment, ...options.env },
  });
}

/** Ends the node with everything in it, and removes what it left on the host. Does nothing when there is no node. */
export async function destroyNode(layout: Layout): Promise<void> {
  for (let waited = 0; ; waited += 20) {
    const pids = markedProcesses(layout);
    if (pids.length === 0) break;
    if (waited > 30_000) throw new Error(`Processes ${pids.join(", ")} of the local cluster do not end.`);
    for (const pid of pids) kill(pid);
    await sleep(20);
  }
  if (existsSync(`/sys/class/net/${layout.link}`)) {
    await tryRun("ip", ["link", "delete", layout.link]); // the kernel removes it too, at about the same moment
    if (existsSync(`/sys/class/net/${layout.link}`)) await run("ip", ["link", "delete", layout.link]);
  }
  await removeCgroups(layout.cgroup);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended meanwhile
  }
}
