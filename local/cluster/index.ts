import * as path from "node:path";

import { stateDir } from "../support/paths";
import type { RunOptions, RunResult } from "../../commands/process";
import type { ClusterTools } from "../toolchain";
import { apiIsReady, registryIsReady } from "./api";
import { logFile, startComponent, stopComponent, waitFor, type Component, type Place } from "./component";
import { kubeApiserver } from "./control-plane";
import { pushStandIns } from "./images";
import { context } from "./kubeconfig";
import { placesOf, type Places } from "./places";
import { bringUp, healthyState, placeOf, remove } from "./lifecycle";
import { withLock } from "./lock";
import { destroyNode, findNode, runIn } from "./node";
import type { NodeKind } from "./node-kind";
import { pkiFile } from "./pki";
import { registry, removeUser, setUser } from "./registry";
import { readState, type State } from "./state";

export { nodeKind, type NodeKind } from "./node-kind";

export interface Cluster {
  readonly node: NodeKind;
  /** A file with one context, whose user may do everything. */
  readonly kubeconfig: string;
  readonly context: string;
  /** IPv4 address of API server, registry and node ports, for this machine alone. */
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
 */
export async function startCluster(tools: ClusterTools, folder = stateDir): Promise<Cluster> {
  const places = placesOf(folder);
  return withLock(places.id, places.folder, async () => {
    const state = await healthyState(places);
    const sameTools = JSON.stringify(state?.tools) === JSON.stringify(tools);
    return describe(places, state !== undefined && sameTools ? state : await bringUp(places, tools));
  });
}

/** The cluster, if all of its processes run and its API server and registry answer. */
export async function runningCluster(folder = stateDir): Promise<Cluster | undefined> {
  const places = placesOf(folder);
  const state = await healthyState(places);
  return state && describe(places, state);
}

/** Removes every process, mount, network link, cgroup and file of the cluster, whatever state it is in. */
export async function stopCluster(folder = stateDir): Promise<void> {
  const places = placesOf(folder);
  await withLock(places.id, places.folder, () => remove(places));
}

/** Runs a command in a real node's namespaces, as root. Resolves whatever the exit code is. */
export function runInNode(
  command: string,
  args: readonly string[],
  options?: RunOptions,
  folder = stateDir,
): Promise<RunResult> {
  return runIn(realNode(folder), command, args, options);
}

/**
 * The beginning of a command line that runs the rest of it in the node's network, where Services have their addresses,
 * and otherwise as it would run here: same files, same user, same process tree.
 */
export function inNodeNetwork(folder = stateDir): readonly string[] {
  return ["nsenter", "--target", String(realNode(folder)), "--net", "--"];
}

/** Adds a user of the registry, or gives it another password, at once. */
export function setRegistryUser(name: string, password: string, folder = stateDir): Promise<void> {
  return setUser(existing(folder).places, name, password);
}

/** Removes a user of the registry, if there is one of that name. */
export function removeRegistryUser(name: string, folder = stateDir): Promise<void> {
  return removeUser(placesOf(folder), name);
}

/** Ends the registry's process: connections to it are refused until `startRegistry`. */
export async function stopRegistry(folder = stateDir): Promise<void> {
  const { places, place, state } = existing(folder);
  await stopComponent(place, registry(places, state.tools));
}

export async function startRegistry(folder = stateDir): Promise<void> {
  const running = existing(folder);
  const { places, state } = running;
  await startAndWait(running, registry(places, state.tools), () => registryIsReady(places, state.servers));
}

/**
 * Restarts the node as a power failure would: every process and pod ends without notice, memory and `/run` are lost, and what is on disk
 * (etcd, pulled images, volumes, the registry) comes back.
 */
export async function restartNode(folder = stateDir): Promise<void> {
  const { places, state } = existing(folder);
  await withLock(places.id, places.folder, async () => {
    await destroyNode(places);
    await bringUp(places, state.tools);
  });
}

/** Kills the API server, starts it again and waits until it is ready. */
export async function restartApiServer(folder = stateDir): Promise<void> {
  const running = existing(folder);
  const { places, place, state } = running;
  const component = kubeApiserver(places, state.tools, state.servers);
  await stopComponent(place, component);
  await startAndWait(running, component, () => apiIsReady(places, state.servers));
}

/** Makes the stand-in images and pushes them to the registry, unless it has these very images already. */
export async function pushImages(folder = stateDir): Promise<void> {
  const { places, state } = existing(folder);
  await withLock(places.id, places.folder, () => pushStandIns(places, state));
}

function describe(places: Places, { servers, tools }: State): Cluster {
  return {
    node: tools.kind,
    kubeconfig: places.kubeconfig,
    context,
    address: servers.address,
    registry: {
      server: `${servers.address}:${servers.registry}`,
      caFile: pkiFile(places, "ca.crt"),
      logFile: logFile(places, "registry"),
    },
  };
}

interface Running {
  readonly places: Places;
  readonly place: Place;
  readonly state: State;
}

function existing(folder: string): Running {
  const places = placesOf(folder);
  const state = readState(places);
  const place = state && placeOf(places, state);
  if (state === undefined || place === undefined) {
    throw new Error(`No local cluster runs from ${path.relative(process.cwd(), places.state) || "."}.`);
  }
  return { places, place, state };
}

async function startAndWait({ places, place }: Running, component: Component, isReady: () => Promise<boolean>) {
  await startComponent(places, place, component);
  await waitFor(places, place, component, isReady);
}

/** Host process id of a real node's first process. */
function realNode(folder: string): number {
  const node = findNode(placesOf(folder));
  if (node === undefined) throw new Error("This needs a real node (LOCAL_NODE=real).");
  return node;
}
