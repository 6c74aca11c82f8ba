import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isKubeconfigContent } from "../config/kubeconfig";

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
