import { readFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";

import { nodeName, type Places } from "./places";
import { pkiFile, tokenOf, users, type User } from "./pki";
import type { Servers } from "./servers";
import { writeWhole } from "./state";

/** The name of context, cluster and user in each kubeconfig. */
export const context = nodeName;

export const kubeconfigOf = (places: Places, user: User) =>
  user === "admin" ? places.kubeconfig : path.join(places.folder, "kubeconfigs", user);

/** Writes the kubeconfig of every user, readable by this machine's user alone. */
export function writeKubeconfigs(places: Places, { address, api }: Servers): void {
  const authority = readFileSync(pkiFile(places, "ca.crt")).toString("base64");
  const cluster = { server: `https://${address}:${api}`, "certificate-authority-data": authority };
  for (const user of Object.keys(users) as User[]) {
    const content = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: context, cluster }],
      users: [{ name: context, user: { token: tokenOf(places, user) } }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
      "current-context": context,
    };
    writeWhole(kubeconfigOf(places, user), stringify(content));
  }
}
