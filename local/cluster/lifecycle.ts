import { rmSync, rmdirSync } from "node:fs";

import { say, step } from "../../commands/terminal";
import type { ClusterTools } from "../toolchain";
import { apiIsReady, askApi, registryIsReady } from "./api";
import { addDefaults } from "./cluster-defaults";
import { startComponent, waitFor, type Component, type Place } from "./component";
import { etcd, kubeApiserver, kubeControllerManager, kubeScheduler } from "./control-plane";
import { writeKubeconfigs } from "./kubeconfig";
import type { Places } from "./places";
import { destroyNode } from "./node";
import type { NodeParts } from "./parts";
import { ensurePki } from "./pki";
import { realNode } from "./real-node";
import { registry, writeRegistryConfig } from "./registry";
import type { Servers } from "./servers";
import { simulatedNode } from "./simulated-node";
import { readState, writeState, type State } from "./state";

const partsOf = (places: Places, tools: ClusterTools): NodeParts =>
  tools.kind === "real" ? realNode(places, tools) : simulatedNode(places, tools);

function componentsOf(places: Places, { tools, servers }: State): Component[] {
  const parts = partsOf(places, tools);
  return [
    etcd(places, tools, servers),
    kubeApiserver(places, tools, servers),
    registry(places, tools),
    kubeControllerManager(places, tools),
    kubeScheduler(places, tools),
    ...parts.runtime(servers).components,
    ...parts.agents(servers).components,
  ];
}

/** Where the components of a cluster run, if its node is there. */
export const placeOf = (places: Places, { tools }: State): Place | undefined => partsOf(places, tools).find();

/** The remembered state, if all of the cluster runs and its API server and registry answer. */
export async function healthyState(places: Places): Promise<State | undefined> {
  const state = readState(places);
  const place = state && placeOf(places, state);
  if (state?.wasReady !== true || place === undefined) return undefined;
  if (!componentsOf(places, state).every((component) => place.find(component) !== undefined)) return undefined;
  const ready = await Promise.all([apiIsReady(places, state.servers), registryIsReady(places, state.servers)]);
  return ready.every(Boolean) ? state : undefined;
}

/**
 * Brings the cluster up from whatever is there. What is missing is started; where that does not help, the node is restarted with its
 * data; where that does not help either, everything is removed and a new cluster made.
 */
export async function bringUp(places: Places, tools: ClusterTools): Promise<State> {
  const attempts = [() => Promise.resolve(), () => destroyNode(places)];
  // A node of another kind has other volumes, and its pods ran elsewhere.
  for (const prepare of readState(places)?.tools.kind === tools.kind ? attempts : []) {
    try {
      await prepare();
      const state = await boot(places, tools, readState(places));
      if (state !== undefined) return state;
      say("The network of the local cluster is taken by something else now.");
      break;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  await remove(places);
  const state = await boot(places, tools, undefined);
  if (state === undefined) throw new Error("A network that was free was taken meanwhile.");
  return state;
}

/** @returns `undefined` when the remembered network is not free any more */
async function boot(places: Places, tools: ClusterTools, before: State | undefined): Promise<State | undefined> {
  const parts = partsOf(places, tools);
  const sameTools = JSON.stringify(before?.tools) === JSON.stringify(tools);
  let place = sameTools ? parts.find() : undefined;
  let servers = before?.servers;
  if (place === undefined || servers === undefined) {
    const made = await step("Making the node of the local cluster", () => parts.make(servers));
    if (made === undefined) return undefined;
    ({ place, servers } = made);
  }
  const state = { servers, tools, wasReady: false };
  writeState(places, state);
  await ensurePki(places, servers.address);
  writeKubeconfigs(places, servers);
  writeRegistryConfig(places, servers);
  parts.writeConfigs?.(servers);
  await startAll(places, place, state, parts);
  const ready = { ...state, wasReady: true };
  writeState(places, ready);
  return ready;
}

async function startAll(places: Places, place: Place, state: State, parts: NodeParts): Promise<void> {
  const { tools, servers } = state;
  const start = (components: readonly Component[]) =>
    Promise.all(components.map((component) => startComponent(places, place, component)));
  const ready = (component: Component, isReady: () => Promise<boolean> | boolean) =>
    waitFor(places, place, component, isReady);
  const apiserver = kubeApiserver(places, tools, servers);
  const images = registry(places, tools);
  const runtime = parts.runtime(servers);
  const agents = parts.agents(servers);
  const list = (...names: string[]) => names.filter((name) => name !== "").join(", ");
  await step(`Starting ${list("etcd", "the API server", "the registry", runtime.names)}`, async () => {
    await start([etcd(places, tools, servers), apiserver, images, ...runtime.components]);
    await runtime.ready(place);
    await ready(images, () => registryIsReady(places, servers));
    await ready(apiserver, () => apiIsReady(places, servers));
  });
  await step(`Starting ${list("the controllers", agents.names)}`, async () => {
    const controllers = kubeControllerManager(places, tools);
    await start([controllers, kubeScheduler(places, tools), ...agents.components]);
    await addDefaults(places, servers, parts.volumeProvisioner);
    await ready(controllers, () => controllersWork(places, servers));
    await agents.ready(place);
  });
}

const controllersWork = async (places: Places, servers: Servers) =>
  (await askApi(places, servers, "/api/v1/namespaces/default/serviceaccounts/default")).status === 200;

/** Removes everything of the cluster from this machine, whatever state it is in. */
export async function remove(places: Places): Promise<void> {
  await destroyNode(places);
  for (const folder of [places.folder, places.logs]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    rmdirSync(places.state);
  } catch {
    // it holds other things too, or was never made
  }
}
