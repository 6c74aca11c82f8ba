import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as process from "node:process";
import * as yaml from "yaml";
import type { ClusterSettings } from "../config/load";
import { isKubeconfigContent } from "../config/kubeconfig";
import { foreignText } from "../registry/foreign-text";
import type { Issue } from "../registry/issue";

/**
 * A warning where nothing in the stack says which cluster it is for: then it goes wherever `kubectl` went last on this machine.
 * None where the account of a pod decides, or where nothing is to be found: the read of the cluster says the rest.
 *
 * @param expected `clusterUid`, which is as good as a context: the stack takes no other cluster
 */
export function contextWarnings({ context, ...settings }: ClusterSettings, expected?: string): readonly Issue[] {
  const kubeconfig = settings.kubeconfig?.reveal();
  if (context !== undefined || expected !== undefined) return [];
  // What stands in the stack's own file changes with that alone.
  if (kubeconfig !== undefined && isKubeconfigContent(kubeconfig)) return [];
  const [found] = (kubeconfig === undefined ? defaultFiles() : [kubeconfig]).flatMap((file) => {
    const name = currentContext(file);
    return name === undefined ? [] : [{ name, file }];
  });
  if (found === undefined) return [];
  const name = foreignText(found.name);
  const argument = /^[\w@.:/-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  return [
    {
      code: "no-context",
      sentence: `kubernetes:context is not set, so this goes to the cluster of ${name}, the current context of ${foreignText(found.file)}`,
      fix: `if that is the one, say so: pulumi config set kubernetes:context ${argument}`,
    },
  ];
}

/** Where client-go looks (`tools/clientcmd/loader.go`): of several files the first that names a context decides. */
function defaultFiles(): readonly string[] {
  const named = (process.env.KUBECONFIG ?? "").split(path.delimiter).filter((file) => file !== "");
  return named.length > 0 ? named : [path.join(os.homedir(), ".kube", "config")];
}

function currentContext(file: string): string | undefined {
  try {
    const content = yaml.parse(fs.readFileSync(file, "utf8")) as { readonly "current-context"?: unknown } | null;
    const name = content?.["current-context"];
    return typeof name === "string" && name !== "" ? name : undefined;
  } catch {
    return undefined;
  }
}
