import * as path from "node:path";
import type { NodeKind } from "../cluster";
import { tryRun } from "../../commands/process";
import { type DebianTool, ensureDebianTools } from "./debian-packages";
import { isExecutable, onPath, versionOutput } from "./find";
import { cluster } from "./go-modules";
import { obtain } from "./obtain";
import type { ReleaseName } from "./releases";

/** Absolute paths of what a local cluster is made of, whatever its node is. */
interface CommonTools {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubectl: string;
  /** The reference registry, version 3. */
  readonly registry: string;
}

export interface RealTools extends CommonTools {
  readonly kind: "real";
  readonly kubelet: string;
  readonly kubeProxy: string;
  readonly coredns: string;
  readonly containerd: string;
  readonly runc: string;
  /** The folder with `ptp`, `host-local`, `loopback` and `portmap`. */
  readonly cniBinDir: string;
  /** Statically linked, so that it is an image's whole content. */
  readonly busybox: string;
}

export interface SimulatedTools extends CommonTools {
  readonly kind: "simulated";
  readonly kwok: string;
}

export type ClusterTools = RealTools | SimulatedTools;

const openssl: DebianTool = { command: "OpenSSL 3", package: "openssl" };
const busybox: DebianTool = { command: "busybox", package: "busybox-static" };
const cniPlugins: DebianTool = { command: "CNI plugins", package: "containernetworking-plugins" };

/** What each kind of node needs that is not built. */
export const machineTools: Readonly<Record<NodeKind, readonly DebianTool[]>> = {
  simulated: [openssl],
  real: [
    openssl,
    busybox,
    cniPlugins,
    { command: "containerd", package: "containerd" },
    { command: "runc", package: "runc" },
    // What the cluster's own start, kubelet, kube-proxy and the CNI plugins call.
    { command: "iptables", package: "iptables" },
    { command: "conntrack", package: "conntrack" },
    { command: "ip", package: "iproute2" },
    { command: "mount", package: "mount" },
    { command: "nsenter", package: "util-linux" },
  ],
};

function findCniPlugins(): string | undefined {
  return ["/usr/lib/cni", "/opt/cni/bin"].find((folder) =>
    ["ptp", "host-local", "loopback", "portmap"].every((plugin) => isExecutable(path.join(folder, plugin))),
  );
}

export async function isMissing(tool: DebianTool): Promise<boolean> {
  if (tool === cniPlugins) return findCniPlugins() === undefined;
  const found = onPath(tool === openssl ? "openssl" : tool.command);
  if (found === undefined) return true;
  // LibreSSL, which macOS has, has the same name and other options.
  if (tool === openssl) return !/^OpenSSL [3-9]/.test((await versionOutput(found, ["version"])) ?? "");
  // ldd fails for a static executable.
  return tool === busybox && (await tryRun("ldd", [found])).code === 0;
}

const everywhere = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
  "registry",
] as const;

/** What each kind of node needs that is downloaded or built, of the Go module `cluster`. */
export const clusterPrograms: Readonly<Record<NodeKind, readonly ReleaseName[]>> = {
  simulated: [...everywhere, "kwok"],
  real: [...everywhere, "kubelet", "kube-proxy", "coredns"],
};

const program = async (name: ReleaseName) => (await obtain(name, cluster)).file;

async function ensure(kind: NodeKind): Promise<ClusterTools> {
  await ensureDebianTools(machineTools[kind], isMissing);
  const common = {
    etcd: await program("etcd"),
    kubeApiserver: await program("kube-apiserver"),
    kubeControllerManager: await program("kube-controller-manager"),
    kubeScheduler: await program("kube-scheduler"),
    kubectl: await program("kubectl"),
    registry: await program("registry"),
  };
  if (kind === "simulated") return { kind, ...common, kwok: await program("kwok") };
  const found = (command: string) => onPath(command) ?? command;
  return {
    kind,
    ...common,
    kubelet: await program("kubelet"),
    kubeProxy: await program("kube-proxy"),
    coredns: await program("coredns"),
    containerd: found("containerd"),
    runc: found("runc"),
    cniBinDir: findCniPlugins() ?? "",
    busybox: found("busybox"),
  };
}

const tools = new Map<NodeKind, Promise<ClusterTools>>();

/** Installs or builds what a single-node Kubernetes with a registry needs. Once per process and kind of node; under a second once it is there. */
export function ensureClusterTools(kind: NodeKind): Promise<ClusterTools> {
  const ready = tools.get(kind) ?? ensure(kind);
  tools.set(kind, ready);
  return ready;
}
