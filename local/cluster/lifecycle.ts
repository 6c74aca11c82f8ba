import { existsSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";
import * as net from "node:net";
import * as path from "node:path";

import { say, step } from "../support/terminal";
import type { ClusterTools } from "../toolchain";
import { apiIsReady, askApi, kubeletAnswers, registryIsReady } from "./api";
import { addDefaults } from "./cluster-defaults";
import { isAlive, startComponent, waitFor, type Component } from "./component";
import { containerd, containerdSocket, importPauseImage, writeContainerdConfig } from "./container-runtime";
import { etcd, kubeApiserver, kubeControllerManager, kubeScheduler } from "./control-plane";
import { writeKubeconfigs } from "./kubeconfig";
import { apiServiceAddress, nodeName, type Layout } from "./layout";
import { connectNode } from "./network";
import { createNode, destroyNode, findNode, inNode } from "./node";
import { coredns, kubelet, kubeProxy, volumePermissions, writeNodeConfigs } from "./node-components";
import { ensurePki } from "./pki";
import { registry, writeRegistryConfig } from "./registry";
import { readState, writeState, type State } from "./state";

function componentsOf(layout: Layout, { tools, network }: State): Component[] {
  return [
    etcd(tools),
    kubeApiserver(layout, tools, network.node),
    containerd(layout, tools),
    registry(layout, tools),
    kubeControllerManager(layout, tools),
    kubeScheduler(layout, tools),
    kubelet(layout, tools, network.node),
    kubeProxy(layout, tools),
    coredns(layout, tools),
    volumePermissions(),
  ];
}

/** The remembered state, if all of the cluster runs and its API server and registry answer. */
export async function healthyState(layout: Layout): Promise<State | undefined> {
  const state = readState(layout);
  const node = findNode(layout);
  if (state === undefined || node === undefined) return undefined;
  if (!componentsOf(layout, state).every((component) => isAlive(layout, node, component))) return undefined;
  const { node: address } = state.network;
  const ready = await Promise.all([apiIsReady(layout, address), registryIsReady(layout, address)]);
  return ready.every(Boolean) ? state : undefined;
}

/**
 * Brings the cluster up from whatever is there. What is missing is started; where that does not help, the node is restarted with its
 * data; where that does not help either, everything is removed and a new cluster made.
 */
export async function bringUp(layout: Layout, tools: ClusterTools): Promise<State> {
  const attempts = [() => Promise.resolve(), () => destroyNode(layout)];
  for (const prepare of readState(layout) === undefined ? [] : attempts) {
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
  let node = findNode(layout);
  const sameTools = JSON.stringify(before?.tools) === JSON.stringify(tools);
  if (node === undefined || !sameTools || !existsSync(inNode(node, networkIsUp))) {
    const made = await step("Making the node of the local cluster", () => makeNode(layout, tools, before));
    if (made === undefined) return undefined;
    node = made.node;
    before = made.state;
  }
  if (before === undefined) throw new Error("A node without a state."); // makeNode writes it
  const state = before;
  const address = state.network.node;
  await ensurePki(layout, address);
  writeKubeconfigs(layout, address);
  writeContainerdConfig(layout, tools, address);
  writeNodeConfigs(layout, address);
  writeRegistryConfig(layout);
  await startAll(layout, node, state);
  return state;
}

const networkIsUp = "/run/network-is-up";

async function makeNode(layout: Layout, tools: ClusterTools, before: State | undefined) {
  await destroyNode(layout);
  rmSync(layout.pids, { recursive: true, force: true });
  const programs = Object.values(tools).map((tool: string) => path.dirname(tool));
  const visible = [
    layout.state,
    path.resolve(__dirname, ".."),
    path.dirname(process.execPath),
    ...programs,
    tools.cniBinDir,
  ];
  const node = await createNode(layout, [...new Set(visible)]);
  const network = await connectNode(layout, node, before?.network);
  if (network === undefined) return undefined;
  const state = { network, tools };
  writeState(layout, state);
  writeFileSync(inNode(node, networkIsUp), "");
  return { node, state };
}

async function startAll(layout: Layout, node: number, state: State): Promise<void> {
  const { tools } = state;
  const address = state.network.node;
  const start = (component: Component) => startComponent(layout, node, component);
  const ready = (component: Component, isReady: () => Promise<boolean> | boolean) =>
    waitFor(layout, node, component, isReady);
  const apiserver = kubeApiserver(layout, tools, address);
  const runtime = containerd(layout, tools);
  const images = registry(layout, tools);
  await step("Starting etcd, the API server, containerd and the registry", async () => {
    await Promise.all([etcd(tools), apiserver, runtime, images].map(start));
    await ready(runtime, () => accepts(inNode(node, containerdSocket)));
    await importPauseImage(layout, tools, node);
    await ready(images, () => registryIsReady(layout, address));
    await ready(apiserver, () => apiIsReady(layout, address));
  });
  await step("Starting the controllers, the kubelet, kube-proxy and CoreDNS", async () => {
    const agent = kubelet(layout, tools, address);
    const controllers = kubeControllerManager(layout, tools);
    const dns = coredns(layout, tools);
    const others = [kubeScheduler(layout, tools), kubeProxy(layout, tools), volumePermissions()];
    await Promise.all([agent, controllers, dns, ...others].map(start));
    await addDefaults(layout, address);
    const defaultAccount = "/api/v1/namespaces/default/serviceaccounts/default";
    await ready(controllers, async () => (await askApi(layout, address, defaultAccount)).status === 200);
    await ready(dns, () => dnsAnswers(address));
    await ready(agent, () => nodeIsReady(layout, address));
  });
}

/** Whether something listens on a Unix socket; one that a killed process left behind refuses. */
function accepts(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = net.connect(socket, () => resolve(true));
    connection.on("error", () => resolve(false)).on("connect", () => connection.destroy());
  });
}

async function dnsAnswers(address: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([address]);
  const answer = await resolver.resolve4("kubernetes.default.svc.cluster.local").catch((): string[] => []);
  return answer.includes(apiServiceAddress);
}

async function nodeIsReady(layout: Layout, address: string): Promise<boolean> {
  // After a restart the API server's memory of the node is older than the kubelet.
  if (!(await kubeletAnswers(layout, address))) return false;
  const { status, body } = await askApi(layout, address, `/api/v1/nodes/${nodeName}`);
  if (status !== 200) return false;
  const node = JSON.parse(body) as { status?: { conditions?: { type: string; status: string }[] } };
  return node.status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

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
