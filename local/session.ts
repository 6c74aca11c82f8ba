import * as fs from "node:fs";
import * as path from "node:path";
import { pushImages, setRegistryUser, startCluster, type Cluster } from "./cluster";
import { startStandIns } from "./provider";
import { sandboxPassphrase, Stack } from "./stack";
import { checkout, stateDir } from "./support/paths";
import { run } from "./support/run";
import { step } from "./support/terminal";
import { ensureClusterTools, ensurePulumiTools, type PulumiTools } from "./toolchain";

/** The server that `Pulumi.dev.yaml` is written for; a running registry has another address. */
export const devServer = "registry.local:5000";

/** The account that `Pulumi.dev.yaml` pulls with. */
export const devUsername = "fleet-puller";

/** A cluster, a registry with images and everything that `pulumi up` needs against them. */
export interface Session {
  readonly cluster: Cluster;
  readonly tools: PulumiTools;
  /** What every Pulumi call needs besides the tools' own environment. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts, or finds running, all of one machine's parts. */
export async function openSession(): Promise<Session> {
  const tools = await ensurePulumiTools();
  const clusterTools = await ensureClusterTools();
  const cluster = await step("Starting Kubernetes and the registry", () => startCluster(clusterTools));
  await step("Putting the images into the registry", () => pushImages(clusterTools));
  // The cluster's address is this machine's own; a proxy would not find it.
  const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, cluster.address].filter(Boolean).join(",");
  const env = { KUBECONFIG: cluster.kubeconfig, NO_PROXY: noProxy, no_proxy: noProxy };
  if (tools.providers === "official") return { cluster, tools, env, close: () => Promise.resolve() };
  const standIns = await startStandIns({
    kubeconfig: cluster.kubeconfig,
    env: { ...tools.env, ...env },
    logFile: path.join(stateDir, "logs", "provider.log"),
  });
  return { cluster, tools, env: { ...env, ...standIns.env }, close: () => standIns.stop() };
}

/**
 * The `dev` stack on a running cluster: a copy of `Pulumi.dev.yaml`, so that the checkout stays clean, for the registry's
 * real address. The registry learns the password that the file holds encrypted.
 */
export async function openDevStack(session: Session): Promise<Stack> {
  // Beside the kubeconfig: a cluster that has to be made anew takes the stack that ran on the old one with it.
  const folder = path.join(path.dirname(session.cluster.kubeconfig), "stack");
  const stack = new Stack({
    name: "dev",
    folder,
    tools: session.tools,
    env: session.env,
    passphrase: sandboxPassphrase,
  });
  if (!fs.existsSync(stack.configFile)) {
    const { server } = session.cluster.registry;
    await stack.init(fs.readFileSync(path.join(checkout, "Pulumi.dev.yaml"), "utf8").replaceAll(devServer, server));
    stack.edit((config) => (config["kubernetes:kubeconfig"] = session.cluster.kubeconfig));
  }
  await setRegistryUser(devUsername, await stack.get(passwordKey(session)));
  return stack;
}

/** The configuration path of the registry's password. */
export function passwordKey(session: Session): string {
  return `registryPasswords["${session.cluster.registry.server}"]`;
}

/** Asks the cluster; JSON comes back. */
export async function kubectl<T>(session: Session, args: readonly string[]): Promise<T> {
  const { tools, cluster } = session;
  const text = await run(tools.kubectl, ["--kubeconfig", cluster.kubeconfig, ...args, "-o", "json"], {
    env: tools.env,
  });
  return JSON.parse(text) as T;
}
