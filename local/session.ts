import * as path from "node:path";
import { nodeKind, pushImages, startCluster, type Cluster } from "./cluster";
import { requireOwnState } from "./own-state";
import { noProxyFor } from "./support/no-proxy";
import { run, tryRun, type RunResult } from "../commands/process";
import { say, step } from "../commands/terminal";
import { ensureClusterTools, ensurePulumiTools, requireMachineTools, type PulumiTools } from "./toolchain";

/** A cluster, a registry with images and everything that `pulumi up` needs against them. */
export interface Session {
  readonly cluster: Cluster;
  /** Where the `dev` stack keeps its configuration and state. */
  readonly folder: string;
  readonly tools: PulumiTools;
  /** What every Pulumi call needs besides the tools' own environment. */
  readonly env: Readonly<Record<string, string>>;
}

const simulated =
  "This is a simulated node: nothing is pulled and no container runs; KWOK says of every pod that it does. " +
  "Kubernetes' API server and controllers, Helm, Pulumi, the registry and its answers are real.";

/** Starts, or finds running, all of one machine's parts. */
export async function openSession(): Promise<Session> {
  const kind = nodeKind();
  requireOwnState();
  await requireMachineTools(kind); // before minutes go into tools that could not be used
  const tools = await ensurePulumiTools();
  const clusterTools = await ensureClusterTools(kind);
  const cluster = await step("Starting Kubernetes and the registry", () => startCluster(clusterTools));
  if (cluster.node === "simulated") say(simulated);
  await step("Putting the images into the registry", () => pushImages());

  // Beside the kubeconfig: a cluster that has to be made anew takes the stack that ran on the old one with it.
  const beside = (name: string) => path.join(path.dirname(cluster.kubeconfig), name);
  const folder = beside("stack");
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    // Else what a cluster is asked for is kept in ~/.kube/cache.
    KUBECACHEDIR: beside("kube-cache"),
    ...noProxyFor(cluster.address),
  };
  return { cluster, folder, tools, env };
}

/** The configuration path of the registry's password. */
export function passwordKey({ server }: { readonly server: string }): string {
  return `registryPasswords["${server}"]`;
}

/** Asks the cluster; JSON comes back. */
export async function kubectl<T>(session: Session, args: readonly string[]): Promise<T> {
  return JSON.parse(await runKubectl(session, [...args, "-o", "json"])) as T;
}

/** Runs kubectl against the session's cluster; `input` is its standard input. */
export function runKubectl(session: Session, args: readonly string[], input?: string): Promise<string> {
  const { tools, env } = session;
  return run(tools.kubectl, [...clusterFlags(session), ...args], { env: { ...tools.env, ...env }, input });
}

/** The same, whatever the exit code is. */
export function tryKubectl(session: Session, args: readonly string[], input?: string): Promise<RunResult> {
  const { tools, env } = session;
  return tryRun(tools.kubectl, [...clusterFlags(session), ...args], { env: { ...tools.env, ...env }, input });
}

/** The flags that name the session's cluster to kubectl. */
export function clusterFlags({ cluster: { context, kubeconfig } }: Session): string[] {
  return ["--kubeconfig", kubeconfig, "--context", context];
}
