import type { FleetArgs } from "../components/fleet-args";
import type { ConfigReader } from "./reader";

/** Namespaces that every cluster has (kubernetes `pkg/apis/core`, and kubeadm's `kube-public`). */
const ofKubernetes: readonly string[] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** The namespace of everything, and whether the stack makes it. */
export function readNamespace(
  reader: ConfigReader,
): Pick<FleetArgs, "createNamespace"> & { readonly namespace: string } {
  const namespace = reader.text("namespace") ?? "fleet";
  const createNamespace = reader.boolean("createNamespace");
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    reader.refuse(
      "namespace",
      "malformed",
      "is not a name that Kubernetes takes for a namespace",
      'use at most 63 lower-case letters, digits and "-"',
    );
  } else if (ofKubernetes.includes(namespace) && createNamespace !== false) {
    // Made, it would be refused by `up` alone; adopted, its labels would be this stack's.
    reader.refuse(
      "namespace",
      "conflict",
      `is ${namespace}, which is Kubernetes' own and no stack's to make`,
      "name one for Fleet alone, or set createNamespace to false",
    );
  }
  return { namespace, createNamespace };
}
