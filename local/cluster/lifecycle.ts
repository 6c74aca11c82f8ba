import { rmSync, rmdirSync } from "node:fs";

import { say, step } from "../../commands/terminal";
import type { ClusterTools } from "../toolchain";
import { apiIsReady, askApi, registryIsReady } from "./api";
import { addDefaults } from "./cluster-defaults";
import { startComponent, waitFor, type Component, type Place } from "./component";
import { etcd, kubeApiserver, kubeControllerManager, kubeScheduler } from "./control-plane";
import { writeKubeconfigs } from "./kubeconfig";
import type { Layout } from "./layout";
import { destroyNode } from "./node";
import type { NodeParts } from "./parts";
import { ensurePki } from "./pki";
import { realNode } from "./real-node";
import { registry, writeRegistryConfig } from "./registry";
import type { Servers } from "./servers";
import { simulatedNode } from "./simulated-node";
import { readState, writeState, type State } from "./state";

const partsOf = (layout: Layout, tools: ClusterTools): NodeParts =>
  tools.kind === "real" ? realNode(layout, tools) : simulatedNode(layout, tools);

function componentsOf(layout: Layout, { tools, servers }: State): Component[] {
  const parts = partsOf(layout, tools);
  return [
    etcd(layout, tools, servers),
    kubeApiserver(layout, tools, servers),
    registry(layout, tools),
    kubeControllerManager(layout, tools),
    kubeScheduler(layout, tools),
    ...parts.runtime(servers).components,
    ...parts.agents(servers).components,
  ];
}

/** Where the components of a cluster run, if its node is there. */
export const placeOf = (layout: Layout, { tools }: State): Place | undefined => partsOf(layout, tools).find();

/** The remembered state, if all of the cluster runs and its API server and registry answer. */
export async function healthyState(layout: Layout): Promise<State | undefined> {
  const state = readState(layout);
  const place = state && placeOf(layout, state);
  if (state === undefined || place === undefined) return undefined;
  if (!componentsOf(layout, state).every((component) => place.find(component) !== undefined)) return undefined;
  const ready = await Promise.all([apiIsReady(layout, state.servers), registryIsReady(layout, state.servers)]);
  return ready.every(Boolean) ? state : undefined;
}

/**
 * Brings the cluster up from whatever is there. What is missing is started; where that does not help, the node is restarted with its
 * data; where that does not help either, everything is removed and a new cluster made.
 */
export async function bringUp(layout: Layout, tools: ClusterTools): Promise<State> {
  const attempts = [() => Promise.resolve(), () => destroyNode(layout)];
  // A node of another kind has other volumes, and its pods ran elsewhere.
  for (const prepare of readState(layout)?.tools.kind === tools.kind ? attempts : []) {
    try {
      await prepare();
      const state = await boot(layout, tools, readState(layout));
      if (state !== undefined) return state;
      say("The network of the local cluster is taken by something else now.");
      break;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  await remove(layout);
  const state = await boot(layout, tools, undefined);
  if (state === undefined) throw new Error("A network that was free was taken meanwhile.");
  return state;
}

/** @returns `undefined` when the remembered network is not free any more */
async function boot(layout: Layout, tools: ClusterTools, before: State | undefined): Promise<State | undefined> {
  const parts = partsOf(layout, tools);
  const sameTools = JSON.stringify(before?.tools) === JSON.stringify(tools);
  let place = sameTools ? parts.find() : undefined;
  let servers = before?.servers;
  if (place === undefined || servers === undefined) {
    const made = await step("Making the node of the local cluster", () => parts.make(servers));
    if (made === undefined) return undefined;
    ({ place, servers } = made);
  }
  const state = { servers, tools };
  writeState(layout, state);
  await ensurePki(layout, servers.address);
  writeKubeconfigs(layout, servers);
  writeRegistryConfig(layout, servers);
  parts.writeConfigs?.(servers);
  await startAll(layout, place, state, parts);
  return state;
}

async function startAll(layout: Layout, place: Place, state: State, parts: NodeParts): Promise<void> {
  const { tools, servers } = state;
  const start = (components: readonly Component[]) =>
    Promise.all(components.map((component) => startComponent(layout, place, component)));
  const ready = (component: Component, isReady: () => Promise<boolean> | boolean) =>
    waitFor(layout, place, component, isReady);
  const apiserver = kubeApiserver(layout, tools, servers);
  const images = registry(layout, tools);
  const runtime = parts.runtime(servers);
  const agents = parts.agents(servers);
  const list = (...names: string[]) => names.filter((name) => name !== "").join(", ");
  await step(`Starting ${list("etcd", "the API server", "the registry", runtime.names)}`, async () => {
    await start([etcd(layout, tools, servers), apiserver, images, ...runtime.components]);
    await runtime.ready(place);
    await ready(images, () => registryIsReady(layout, servers));
    await ready(apiserver, () => apiIsReady(layout, servers));
  });
  await step(`Starting ${list("the controllers", agents.names)}`, async () => {
    const controllers = kubeControllerManager(layout, tools);
    await start([controllers, kubeScheduler(layout, tools), ...agents.components]);
    await addDefaults(layout, servers, parts.volumeProvisioner);
    await ready(controllers, () => controllersWork(layout, servers));
    await agents.ready(place);
  });
}

const controllersWork = async (layout: Layout, servers: Servers) =>
  (await askApi(layout, servers, "/api/v1/namespaces/default/serviceaccounts/default")).status === 200;

/** Removes everything of the cluster from this machine, whatever state it is in. */
export async function remove(layout: Layout): Promise<void> {
  await destroyNode(layout);
  for (const folder of [layout.folder, layout.logs]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    rmdirSync(layout.state);
  } catch {
    // it holds other things too, or was never made
  }
}
