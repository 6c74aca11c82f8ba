import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Whether `kubernetes:kubeconfig` is what would be in a file, and not the file's path: the provider takes both. */
export const isKubeconfigContent = (kubeconfig: string): boolean =>
  kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{");

/**
 * kubectl's flag for `kubernetes:kubeconfig`, as the provider takes it: a file, or what would be in it.
 *
 * @param folder for a file with the content; whoever made it takes it away
 */
export function kubeconfigFlag(kubeconfig: string | undefined, folder: string): readonly string[] {
  if (kubeconfig === undefined || kubeconfig === "") return [];
  if (!isKubeconfigContent(kubeconfig)) {
    return [`--kubeconfig=${kubeconfig.replace(/^~(?=\/)/, os.homedir())}`];
  }
  const file = path.join(folder, "kubeconfig");
  fs.writeFileSync(file, kubeconfig, { mode: 0o600 });
  return [`--kubeconfig=${file}`];
}
