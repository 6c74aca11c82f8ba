import { readFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";

import { nodeName, type Layout } from "./layout";
import { pkiFile, tokenOf, users, type User } from "./pki";
import type { Servers } from "./servers";
import { writeWhole } from "./state";

/** The name of context, cluster and user in each kubeconfig. */
export const context = nodeName;

export const kubeconfigOf = (layout: Layout, user: User) =>
  user === "admin" ? layout.kubeconfig : path.join(layout.folder, "kubeconfigs", user);

/** Writes the kubeconfig of every user, readable by this machine's user alone. */
export function writeKubeconfigs(layout: Layout, { address, api }: Servers): void {
  const authority = readFileSync(pkiFile(layout, "ca.crt")).toString("base64");
  const cluster = { server: `https://${address}:${api}`, "certificate-authority-data": authority };
  for (const user of Object.keys(users) as User[]) {
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
