import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { readOr } from "../support/read-or";
import { run, tryRun, type RunOptions, type RunResult } from "../../commands/process";
import { makeCgroup, removeCgroups } from "./cgroups";
import type { Component, Place } from "./component";
import { dataFolders, nodeName, type Places } from "./places";
import { commandOf, endProcesses, mark, markedProcesses } from "./processes";
import { hiddenFolders } from "./visible-folders";

/**
 * What every process of the node gets as its environment. No proxy of the caller's shell reaches it, and no home folder: the kubelet
 * would pull with the credentials of ~/.docker/config.json there.
 */
const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/run" };

/** Host process id of the first process of a real node, if it lives. */
export function findNode(places: Places): number | undefined {
  return markedProcesses(places).find(isFirst);
}

const isFirst = (pid: number): boolean => /^NSpid:\s+\d+\s+1$/m.test(readOr(`/proc/${pid}/status`, ""));

/** A path inside the node, as the host reaches it. */
export const inNode = (node: number, file: string) => path.join(`/proc/${node}/root`, file);

/**
 * Makes the node: its namespaces and mounts, no network yet.
 * @param visible the folders that its processes need, wherever they lie
 * @throws UserError for a folder that the node cannot show
 */
export async function createNode(places: Places, visible: readonly string[]): Promise<number> {
  const hidden = hiddenFolders(visible);
  for (const folder of [...dataFolders, "tmp"]) mkdirSync(path.join(places.folder, folder), { recursive: true });
  mkdirSync(path.join(places.logs, "pods"), { recursive: true });
  makeCgroup(places.cgroup);
  const log = openSync(path.join(places.logs, "node.log"), "a");
  const namespaces = ["--fork", "--kill-child", "--pid", "--mount", "--net", "--uts", "--ipc", "--mount-proc"];
  const script = ["/bin/sh", path.join(__dirname, "init.sh"), nodeName, places.folder, places.logs, ...hidden];
  const child = spawn("unshare", [...namespaces, ...script], {
    cwd: "/",
    detached: true,
    env: { ...environment, ...mark(places) },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  for (let waited = 0; waited < 10_000; waited += 20) {
    const node = findNode(places);
    if (node !== undefined && existsSync(inNode(node, "/run/node-is-up"))) return node;
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`The local cluster's node did not come up; ${path.join(places.logs, "node.log")} says why.`);
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

/** The node's namespaces, where components are children of its first process. */
export function insideNode(places: Places, node: number): Place {
  const pidFile = ({ name }: Component) => path.join(places.pids, name);
  const find = (component: Component) => {
    try {
      const pid = Number(readFileSync(pidFile(component), "utf8"));
      // Another process may have its id by now.
      return commandOf(pid, inNode(node, "/proc")) === component.command ? pid : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    find,
    async start(component, logFile) {
      const { name, command, args, env } = component;
      mkdirSync(places.pids, { recursive: true });
      // What is written for pods has to be readable by their users, whatever the caller's umask is.
      const script = 'umask 022; log=$1 pid=$2; shift 2; setsid "$@" >>"$log" 2>&1 & echo $! >"$pid"';
      const files = [logFile, pidFile(component)];
      const result = await runIn(node, "/bin/sh", ["-c", script, "start", ...files, command, ...args], { env });
      if (result.code !== 0) throw new Error(`${name} could not be started: ${result.stderr.trim()}`);
      // It is still on its way through setsid, or has ended already.
      const pid = readFileSync(pidFile(component), "utf8").trim();
      const isUnderWay = () => existsSync(inNode(node, `/proc/${pid}`)) && find(component) === undefined;
      for (let waited = 0; isUnderWay() && waited < 5_000; waited += 5) await sleep(5);
    },
    async kill(pid) {
      await runIn(node, "/bin/sh", ["-c", 'kill -KILL "$1"', "kill", String(pid)]);
    },
  };
}

/** Ends a cluster's node, of either kind, with everything in it, and removes what it left on this machine besides its files. */
export async function destroyNode(places: Places): Promise<void> {
  await endProcesses(places);
  if (existsSync(`/sys/class/net/${places.link}`)) {
    await tryRun("ip", ["link", "delete", places.link]); // the kernel removes it too, at about the same moment
    if (existsSync(`/sys/class/net/${places.link}`)) await run("ip", ["link", "delete", places.link]);
  }
  await removeCgroups(places.cgroup);
}
