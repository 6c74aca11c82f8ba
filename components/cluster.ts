import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { known } from "./known";
import { UserError } from "./user-error";

/**
 * Asks the cluster who it is, before anything else: a kube context that is wrong or cannot be reached would otherwise
 * preview as if all were well. The answer is the uid of the namespace `kube-system`, which no two clusters share.
 *
 * @throws UserError when it is not the expected one
 */
export async function clusterUid(expected?: string, opts?: pulumi.CustomResourceOptions): Promise<string> {
  const uid = await known(Namespace.get("kubernetes:context", "kube-system", opts).metadata.uid);
  if (expected !== undefined && uid !== expected) {
    throw new UserError(
      `fleet:clusterUid is ${expected}, but this cluster's uid is ${uid}; ` +
        "set kubernetes:context to the cluster that this stack belongs to, " +
        `or, if it moved, run \`pulumi config set clusterUid ${uid}\``,
    );
  }
  return uid;
}
