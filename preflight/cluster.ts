import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { awaitKnown } from "./await-known";
import { UserError } from "../components/user-error";

const fix = "check it and kubernetes:kubeconfig with kubectl get ns kube-system";

/** More than a cluster takes, with the command that a kubeconfig may name for a login. */
const secondsToAnswer = 10;

/**
 * Asks the cluster who it is, before anything else: a kube context that is wrong or cannot be reached would otherwise
 * preview as if all were well. The answer is the uid of the namespace `kube-system`, which no two clusters share.
 *
 * A cluster that is silent is as good as refused, but how long to wait is the provider's to say: an error here would not
 * end the run before the provider gives up, not even the end of this process would. So it is a warning meanwhile.
 *
 * @returns `undefined` in a preview whose provider has a kubeconfig that is made in the same program: no cluster can be asked yet
 * @throws UserError when it is not the expected one
 */
export async function clusterUid(
  expected?: string,
  opts?: pulumi.CustomResourceOptions,
  seconds = secondsToAnswer,
): Promise<string | undefined> {
  const warn = () =>
    void pulumi.log.warn(`kubernetes:context leads to a cluster that has not answered for ${seconds} s; ${fix}`);
  // Unreferenced, since it must not keep the process alive when the read fails.
  const timer = setTimeout(warn, seconds * 1_000).unref();
  const uid = await awaitKnown(
    Namespace.get(`kubernetes:context; if nothing answers, ${fix}`, "kube-system", opts).metadata.uid,
  );
  clearTimeout(timer);
  if (uid !== undefined && expected !== undefined && uid !== expected) {
    const sentence = `is ${expected}, but this cluster's uid is ${uid}`;
    const move = `if it moved, run \`pulumi config set clusterUid ${uid}\``;
    const fix = `set kubernetes:context to the cluster that this stack belongs to, or, ${move}`;
    throw new UserError([{ code: "wrong-cluster", place: "fleet:clusterUid", sentence, fix }]);
  }
  return uid;
}
