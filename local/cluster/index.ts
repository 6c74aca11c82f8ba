import * as path from "node:path";

import { stateDir } from "../support/paths";
import type { RunOptions, RunResult } from "../support/run";
import { UserMistake } from "../support/terminal";
import type { ClusterTools } from "../toolchain";
import { apiIsReady, registryIsReady } from "./api";
import { logFile, startComponent, stopComponent, waitFor } from "./component";
import { kubeApiserver } from "./control-plane";
import { pushStandIns } from "./images";
import { context } from "./kubeconfig";
import { layoutOf, registryPort, type Layout } from "./layout";
import { bringUp, healthyState, remove } from "./lifecycle";
import { withLock } from "./lock";
import { destroyNode, findNode, runIn } from "./node";
import { pkiFile } from "./pki";
import { registry, removeUser, setUser } from "./registry";
import { readState, type State } from "./state";

export interface Cluster {
  /** A file with one context, whose user may do everything. */
  readonly kubeconfig: string;
  readonly context: string;
  /** The node's IPv4 address: API server, registry and node ports are there, for this machine alone. */
  readonly address: string;
  readonly registry: {
    /** `address:port`, as image references and pull Secrets name it. */
    readonly server: string;
    /** Certificate of the authority that signed the registry's. */
    readonly caFile: string;
    /** Every request with its user agent, as an access log; its user is named only where it was refused or failed. */
    readonly logFile: string;
  };
}

/*
 * Every function takes the folder that holds a cluster's state last; the checkout's own by default.
 * Two clusters in two folders know nothing of each other.
 */

/**
 * Starts a single-node Kubernetes with a registry, or what is missing of it, and waits until all of it is ready. Returns at once when
 * it runs already. A second caller waits for the first.
 * @throws UserMistake when this is not Linux, or not root
 */
export async function startCluster(tools: ClusterTools, folder = stateDir): Promise<Cluster> {
  const layout = layoutOf(folder);
  requireRoot();
  return withLock(layout.id, async () => {
    const state = await healthyState(layout);
    const sameTools = JSON.stringify(state?.tools) === JSON.stringify(tools);
    return describe(layout, state !== undefined && sameTools ? state : await bringUp(layout, tools));
  });
}

/** The cluster, if all of its processes run and its API server and registry answer. */
export async function runningCluster(folder = stateDir): Promise<Cluster | undefined> {
  const layout = layoutOf(folder);
  const state = await healthyState(layout);
  return state && describe(layout, state);
}

/** Removes every process, mount, network link, cgroup and file of the cluster, whatever state it is in. */
export async function stopCluster(folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  await withLock(layout.id, () => remove(layout));
}

/** Runs a command in the node's namespaces, as root. Resolves whatever the exit code is. */
export function runInNode(
  command: string,
  args: readonly string[],
  options?: RunOptions,
  folder = stateDir,
): Promise<RunResult> {
  return runIn(existing(layoutOf(folder)).node, command, args, options);
}

/**
 * The beginning of a command line that runs the rest of it in the node's network, where Services have their addresses,
 * and otherwise as it would run here: same files, same user, same process tree.
 */
export function inNodeNetwork(folder = stateDir): readonly string[] {
  return ["nsenter", "--target", String(existing(layoutOf(folder)).node), "--net", "--"];
}

/** Adds a user of the registry, or gives it another password, at once. */
export function setRegistryUser(name: string, password: string, folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  return setUser(layout, existing(layout).state.tools, name, password);
}

/** Removes a user of the registry, if there is one of that name. */
export function removeRegistryUser(name: string, folder = stateDir): Promise<void> {
  return removeUser(layoutOf(folder), name);
}

/** Ends the registry's process: connections to it are refused until `startRegistry`. */
export async function stopRegistry(folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  const { node, state } = existing(layout);
  await stopComponent(layout, node, registry(layout, state.tools));
}

export async function startRegistry(folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  const { node, state } = existing(layout);
  const component = registry(layout, state.tools);
  await startComponent(layout, node, component);
  await waitFor(layout, node, component, () => registryIsReady(layout, state.network.node));
}

/**
 * Restarts the node as a power failure would: every process and pod ends without notice, memory and `/run` are lost, and what is on disk
 * (etcd, pulled images, volumes, the registry) comes back.
 */
export async function restartNode(folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  const { state } = existing(layout);
  await withLock(layout.id, async () => {
    await destroyNode(layout);
    await bringUp(layout, state.tools);
  });
}

/** Kills the API server, starts it again and waits until it is ready. */
export async function restartApiServer(folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  const { node, state } = existing(layout);
  const component = kubeApiserver(layout, state.tools, state.network.node);
  await stopComponent(layout, node, component);
  await startComponent(layout, node, component);
  await waitFor(layout, node, component, () => apiIsReady(layout, state.network.node));
}

/** Builds the stand-in images and pushes them to the registry, unless it has these very images already. */
export async function pushImages(tools: ClusterTools, folder = stateDir): Promise<void> {
  const layout = layoutOf(folder);
  const { node, state } = existing(layout);
  await withLock(layout.id, () => pushStandIns(layout, tools, node, state.network.node));
}

function describe(layout: Layout, { network }: State): Cluster {
  return {
    kubeconfig: layout.kubeconfig,
    context,
    address: network.node,
    registry: {
      server: `${network.node}:${registryPort}`,
      caFile: pkiFile(layout, "ca.crt"),
      logFile: logFile(layout, "registry"),
    },
  };
}

function existing(layout: Layout): { readonly node: number; readonly state: State } {
  const node = findNode(layout);
  const state = readState(layout);
  if (node === undefined || state === undefined) {
    throw new Error(`No local cluster runs from ${path.relative(process.cwd(), layout.state) || "."}.`);
  }
  return { node, state };
}

/** @throws UserMistake where no cluster can be started: not Linux, or not root */
export function requireRoot(): void {
  if (process.platform !== "linux") throw new UserMistake("The local cluster runs on Linux only: use a Linux machine.");
  if (process.getuid?.() !== 0) throw new UserMistake("The local cluster needs root: run this as root.");
}
