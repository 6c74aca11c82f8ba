import { readFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";

import { apiPort, nodeName, type Layout } from "./layout";
import { pkiFile, tokenOf, type User } from "./pki";
import { writeWhole } from "./state";

/** The name of context, cluster and user in each kubeconfig. */
export const context = nodeName;

export const kubeconfigOf = (layout: Layout, user: User) =>
  user === "admin" ? layout.kubeconfig : path.join(layout.folder, "kubeconfigs", user);

/** Writes the kubeconfig of every user, readable by this machine's user alone. */
export function writeKubeconfigs(layout: Layout, address: string): void {
  const authority = readFileSync(pkiFile(layout, "ca.crt")).toString("base64");
  const cluster = { server: `https://${address}:${apiPort}`, "certificate-authority-data": authority };
  const components: User[] = ["kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "coredns"];
  for (const user of ["admin" as const, ...components]) {
    const content = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: context, cluster }],
      users: [{ name: context, user: { token: tokenOf(layout, user) } }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
      "current-context": context,
    };
    writeWhole(kubeconfigOf(layout, user), stringify(content));
  }
}
