import * as fs from "node:fs";
import * as path from "node:path";
import { stateDir } from "../support/paths";
import { ensureKubectl } from "./kubernetes-clients";
import { ensureProviders, isOlderThanSdk, type ProviderPlugin } from "./provider-plugins";
import { ensurePulumi } from "./pulumi-cli";

export interface PulumiTools {
  /** Absolute path, as is the next. */
  readonly pulumi: string;
  readonly kubectl: string;
  readonly plugins: readonly ProviderPlugin[];
  /**
   * For every call of these, and of Helm, on top of the process's own environment: the tools first on `PATH`, and homes of their
   * own, so that nothing of the user's Pulumi and Helm is read or written. Kubeconfig, state backend and passphrase are the
   * caller's to add.
   */
  readonly env: Readonly<Record<string, string>>;
}

/** Variables of the user's that would point Helm at another cluster, namespace or storage; Helm takes an empty one as unset. */
const helmTarget = [
  "NAMESPACE",
  "DRIVER",
  "KUBECONTEXT",
  "KUBEAPISERVER",
  "KUBETOKEN",
  "KUBECAFILE",
  "KUBEASUSER",
  "KUBEASGROUPS",
];

function helmEnvironment(home: string): Record<string, string> {
  return {
    HELM_CACHE_HOME: path.join(home, "cache"),
    HELM_CONFIG_HOME: path.join(home, "config"),
    HELM_DATA_HOME: path.join(home, "data"),
    // Each of these wins over the three above where the user has set it.
    HELM_PLUGINS: path.join(home, "data", "plugins"),
    HELM_REGISTRY_CONFIG: path.join(home, "config", "registry", "config.json"),
    HELM_REPOSITORY_CONFIG: path.join(home, "config", "repositories.yaml"),
    HELM_REPOSITORY_CACHE: path.join(home, "cache", "repository"),
    ...Object.fromEntries(helmTarget.map((name) => [`HELM_${name}`, ""])),
  };
}

/** `PATH` with the tools' folders first, and this Node last for a shell that started it by its full path. */
function searchPath(tools: readonly string[]): string {
  const rest = (process.env.PATH ?? "").split(path.delimiter);
  // A folder that is on PATH already keeps its place: moved to the front, /usr/bin would hide the user's other tools.
  const first = tools.map((tool) => path.dirname(tool)).filter((folder) => !rest.includes(folder));
  return [...new Set([...first, ...rest, path.dirname(process.execPath)])].join(path.delimiter);
}

async function ensure(): Promise<PulumiTools> {
  const pulumi = await ensurePulumi();
  const kubectl = await ensureKubectl();
  const home = path.join(stateDir, "pulumi-home");
  fs.mkdirSync(home, { recursive: true });
  const plugins = await ensureProviders(home);
  const env = {
    ...helmEnvironment(path.join(stateDir, "helm-home")),
    PATH: searchPath([pulumi, kubectl]),
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // All plugins are in place by now.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // What `pluginsLine` says once, the engine would say at every run; this is all that the variable changes in a run.
    ...(plugins.some(isOlderThanSdk) && { PULUMI_DEV: "true" }),
  };
  return { pulumi, kubectl, plugins, env };
}

let tools: Promise<PulumiTools> | undefined;

/**
 * Finds, downloads or builds what a `pulumi up` of this program needs. Once per process; takes minutes on a new machine
 * and under a second afterwards.
 */
export function ensurePulumiTools(): Promise<PulumiTools> {
  return (tools ??= ensure());
}
