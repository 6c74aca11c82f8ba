import * as path from "node:path";
import { tryRun } from "../support/run";
import { UserMistake } from "../support/terminal";
import { type DebianTool, ensureDebianTools } from "./debian-packages";
import { isExecutable, onPath } from "./find";
import { build, findGo } from "./go-build";
import { cluster } from "./go-modules";

/** Absolute paths of everything a local cluster is made of. */
export interface ClusterTools {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubelet: string;
  readonly kubeProxy: string;
  readonly coredns: string;
  readonly kubectl: string;
  readonly containerd: string;
  readonly runc: string;
  /** The folder with `ptp`, `host-local`, `loopback` and `portmap`. */
  readonly cniBinDir: string;
  /** Debian's `docker-registry`: the reference registry, version 2. */
  readonly registry: string;
  readonly skopeo: string;
  readonly htpasswd: string;
  /** Statically linked, so that it is an image's whole content. */
  readonly busybox: string;
  readonly go: string;
}

const debianTools = {
  containerd: "containerd",
  runc: "runc",
  "docker-registry": "docker-registry",
  skopeo: "skopeo",
  htpasswd: "apache2-utils",
  busybox: "busybox-static",
  // The rest is what the cluster's own start, kubelet, kube-proxy and the CNI plugins call.
  openssl: "openssl",
  iptables: "iptables",
  conntrack: "conntrack",
  ip: "iproute2",
  mount: "mount",
  nsenter: "util-linux",
};

const cniPlugins: DebianTool = { command: "CNI plugins", package: "containernetworking-plugins" };

function findCniPlugins(): string | undefined {
  return ["/usr/lib/cni", "/opt/cni/bin"].find((folder) =>
    ["ptp", "host-local", "loopback", "portmap"].every((plugin) => isExecutable(path.join(folder, plugin))),
  );
}

async function isMissing(tool: DebianTool): Promise<boolean> {
  if (tool === cniPlugins) return findCniPlugins() === undefined;
  const found = onPath(tool.command);
  if (found === undefined) return true;
  // ldd fails for a static executable.
  return tool.command === "busybox" && (await tryRun("ldd", [found])).code === 0;
}

async function installed(): Promise<(command: keyof typeof debianTools) => string> {
  const tools = Object.entries(debianTools).map(([command, name]): DebianTool => ({ command, package: name }));
  await ensureDebianTools([...tools, cniPlugins], isMissing);
  return (command) => onPath(command) ?? command;
}

async function ensure(): Promise<ClusterTools> {
  if (process.platform !== "linux") throw new UserMistake("The local cluster runs on Linux only: use a Linux machine.");
  const go = await findGo();
  const debian = await installed();
  return {
    go,
    containerd: debian("containerd"),
    runc: debian("runc"),
    cniBinDir: findCniPlugins() ?? "",
    registry: debian("docker-registry"),
    skopeo: debian("skopeo"),
    htpasswd: debian("htpasswd"),
    busybox: debian("busybox"),
    etcd: await build(cluster, "etcd"),
    coredns: await build(cluster, "coredns"),
    kubeApiserver: await build(cluster, "kube-apiserver"),
    kubeControllerManager: await build(cluster, "kube-controller-manager"),
    kubeScheduler: await build(cluster, "kube-scheduler"),
    kubelet: await build(cluster, "kubelet"),
    kubeProxy: await build(cluster, "kube-proxy"),
    kubectl: await build(cluster, "kubectl"),
  };
}

let tools: Promise<ClusterTools> | undefined;

/**
 * Installs or builds what a single-node Kubernetes with a registry needs. Once per process; about ten minutes on a new
 * machine with two cores, and under a second afterwards.
 */
export function ensureClusterTools(): Promise<ClusterTools> {
  return (tools ??= ensure());
}
