import { existsSync, rmSync, writeFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";
import * as net from "node:net";
import * as path from "node:path";

import type { RealTools } from "../toolchain";
import { kubeletAnswers, nodeIsReady, servicesAreRouted } from "./api";
import { waitFor } from "./component";
import { containerd, containerdSocket, importPauseImage, writeContainerdConfig } from "./container-runtime";
import { apiServiceAddress, type Places } from "./places";
import { connectNode } from "./network";
import { createNode, destroyNode, findNode, inNode, insideNode } from "./node";
import { coredns, kubelet, kubeProxy, volumePermissions, writeNodeConfigs } from "./node-components";
import type { NodeParts } from "./parts";
import { serversAt } from "./servers";

const networkIsUp = "/run/network-is-up";

/** A kubelet with containerd, in namespaces of their own, with a link to this machine. */
export function realNode(places: Places, tools: RealTools): NodeParts {
  return {
    volumeProvisioner: "kubernetes.io/host-path",
    find() {
      const node = findNode(places);
      return node !== undefined && existsSync(inNode(node, networkIsUp)) ? insideNode(places, node) : undefined;
    },
    async make(remembered) {
      await destroyNode(places);
      rmSync(places.pids, { recursive: true, force: true });
      const node = await createNode(places, visibleFolders(places, tools));
      const address = await connectNode(places, node, remembered?.address);
      if (address === undefined) return undefined;
      writeFileSync(inNode(node, networkIsUp), "");
      return { place: insideNode(places, node), servers: serversAt(address) };
    },
    writeConfigs(servers) {
      writeContainerdConfig(places, tools, servers);
      writeNodeConfigs(places, servers.address);
    },
    runtime() {
      const component = containerd(places, tools);
      return {
        names: "containerd",
        components: [component],
        async ready(place) {
          const node = findNode(places) ?? 0;
          await waitFor(places, place, component, () => accepts(inNode(node, containerdSocket)));
          await importPauseImage(places, tools, node);
        },
      };
    },
    agents(servers) {
      const agent = kubelet(places, tools, servers.address);
      const proxy = kubeProxy(places, tools);
      const dns = coredns(places, tools);
      return {
        names: "the kubelet, kube-proxy and CoreDNS",
        components: [agent, proxy, dns, volumePermissions()],
        async ready(place) {
          await waitFor(places, place, dns, () => dnsAnswers(servers.address));
          // After a restart the API server's memory of the node is older than the kubelet.
          await waitFor(places, place, agent, () => kubeletAnswers(places, servers));
          await waitFor(places, place, agent, () => nodeIsReady(places, servers));
          await waitFor(places, place, proxy, () => servicesAreRouted(servers));
        },
      };
    },
  };
}

/** Folders that the node's programs need wherever they lie. */
function visibleFolders(places: Places, tools: RealTools): string[] {
  const folders = Object.values(tools)
    .filter((tool: string) => path.isAbsolute(tool))
    .map((tool: string) => path.dirname(tool));
  const visible = [
    places.state,
    path.resolve(__dirname, ".."),
    path.dirname(process.execPath),
    ...folders,
    tools.cniBinDir,
  ];
  return [...new Set(visible)];
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
