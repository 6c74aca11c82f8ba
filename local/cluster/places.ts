import { createHash } from "node:crypto";
import * as path from "node:path";

/** Names and places of one cluster. All of them follow from its state folder, so that it is found again even when its files are lost. */
export interface Places {
  /** Eight hex digits. */
  readonly id: string;
  /** The state folder that the caller named. */
  readonly state: string;
  /** Everything of the cluster but its logs. */
  readonly folder: string;
  readonly logs: string;
  readonly pki: string;
  /** Process ids of a real node's components, as seen inside it. */
  readonly pids: string;
  /** The host's end of the network link; at most 15 characters. */
  readonly link: string;
  /** Parent of every pod's cgroup, in each hierarchy. */
  readonly cgroup: string;
  readonly kubeconfig: string;
  /** What etcd and the registry keep. */
  readonly etcd: string;
  readonly images: string;
  readonly htpasswd: string;
}

export const nodeName = "fleet-local";
export const podCidr = "10.244.0.0/16";
export const serviceCidr = "10.96.0.0/16";
/** The first address of `serviceCidr`: the API server's own Service. */
export const apiServiceAddress = "10.96.0.1";

export function placesOf(state: string): Places {
  const id = createHash("sha256").update(path.resolve(state)).digest("hex").slice(0, 8);
  const folder = path.join(path.resolve(state), "cluster");
  return {
    id,
    state: path.resolve(state),
    folder,
    logs: path.join(path.resolve(state), "logs"),
    pki: path.join(folder, "pki"),
    pids: path.join(folder, "pids"),
    link: `fleet-${id}`,
    cgroup: `fleet-${id}`,
    kubeconfig: path.join(folder, "kubeconfig"),
    etcd: path.join(folder, "etcd"),
    images: path.join(folder, "images"),
    htpasswd: path.join(folder, "registry", "htpasswd"),
  };
}

/** What of a real node outlives its restart besides; bound to `/var/lib/<name>` inside it. */
export const dataFolders = ["containerd", "kubelet"] as const;
