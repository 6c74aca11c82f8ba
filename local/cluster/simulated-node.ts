import * as path from "node:path";

import type { SimulatedTools } from "../toolchain";
import { ensureObject, nodeIsReady } from "./api";
import { waitFor, type Component } from "./component";
import { host } from "./host";
import { kubeconfigOf } from "./kubeconfig";
import { nodeName, podCidr, type Places } from "./places";
import { destroyNode } from "./node";
import type { NodeParts } from "./parts";
import { markedProcesses } from "./processes";
import { areFree, serversOnLoopback } from "./servers";

/** A node that is an object of the API alone; KWOK says of its pods what a kubelet would. */
export function simulatedNode(places: Places, tools: SimulatedTools): NodeParts {
  return {
    volumeProvisioner: "kwok.x-k8s.io/volume",
    find: () => (markedProcesses(places).length > 0 ? host(places) : undefined),
    async make(remembered) {
      await destroyNode(places);
      if (remembered !== undefined && !(await areFree(remembered))) return undefined;
      return { place: host(places), servers: remembered ?? (await serversOnLoopback(Number.parseInt(places.id, 16))) };
    },
    runtime: () => ({ names: "", components: [], ready: () => Promise.resolve() }),
    agents: (servers) => {
      const component = kwok(places, tools, nodeName, ["kwok-stages.yaml", "kwok-volume-stages.yaml"]);
      return {
        names: "KWOK",
        components: [component],
        async ready(place) {
          await ensureObject(places, servers, "/api/v1/nodes", {
            metadata: { name: nodeName, labels: { "kubernetes.io/hostname": nodeName, "kubernetes.io/os": "linux" } },
          });
          await waitFor(places, place, component, () => nodeIsReady(places, servers));
        },
      };
    },
  };
}

/** Plays one node. The stages of volumes are for a cluster without a real node: they make one for every claim that there is. */
export function kwok(
  places: Places,
  tools: Pick<SimulatedTools, "kwok">,
  node: string,
  stages: readonly string[],
): Component {
  return {
    name: "kwok",
    command: tools.kwok,
    args: [
      ...stages.map((name) => `--config=${path.join(__dirname, name)}`),
      `--kubeconfig=${kubeconfigOf(places, "kwok")}`,
      `--manage-single-node=${node}`,
      `--node-ip=127.0.0.1`,
      `--cidr=${podCidr}`,
      "--node-lease-duration-seconds=0",
    ],
  };
}
