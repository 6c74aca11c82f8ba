import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pushImages, requireRoot, setRegistryUser, startCluster, type Cluster } from "./cluster";
import { startStandIns } from "./provider";
import { sandboxPassphrase, Stack } from "./stack";
import { checkout, stateDir } from "./support/paths";
import { run, tryRun, type RunResult } from "./support/run";
import { step } from "./support/terminal";
import { ensureClusterTools, ensurePulumiTools, type PulumiTools } from "./toolchain";

/** The server that `Pulumi.dev.yaml` is written for; a registry that runs has another address. */
const devServer = "registry.local:5000";

/** The account that `Pulumi.dev.yaml` pulls with. */
const devUsername = "fleet-puller";

/** A cluster, a registry with images and everything that `pulumi up` needs against them. */
export interface Session {
  /** Without a `kubeconfig`, the user's own. */
  readonly cluster: { readonly context: string; readonly kubeconfig?: string };
  readonly registry: {
    readonly server: string;
    readonly username: string;
    /** Certificate of a private authority that signed the registry's. */
    readonly caFile?: string;
    /** What the registry accepts at first, where it is not the one in `Pulumi.dev.yaml`. */
    readonly password?: string;
    /** Another password, which the registry accepts from now on. */
    newPassword(): Promise<string>;
  };
  /** Where the `dev` stack keeps its configuration and state. */
  readonly folder: string;
  readonly tools: PulumiTools;
  /** What every Pulumi call needs besides the tools' own environment. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The same on this machine's own cluster, which more can be done with. */
export interface LocalSession extends Session {
  readonly cluster: Cluster;
}

/** Starts, or finds running, all of one machine's parts. */
export async function openSession(): Promise<LocalSession> {
  requireRoot(); // before minutes go into tools that could not be used
  const tools = await ensurePulumiTools();
  const clusterTools = await ensureClusterTools();
  const cluster = await step("Starting Kubernetes and the registry", () => startCluster(clusterTools));
  await step("Putting the images into the registry", () => pushImages(clusterTools));

  // The cluster's address is this machine's own; a proxy would not find it.
  const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, cluster.address].filter(Boolean).join(",");
  const env = { KUBECONFIG: cluster.kubeconfig, NO_PROXY: noProxy, no_proxy: noProxy };
  const registry = {
    server: cluster.registry.server,
    caFile: cluster.registry.caFile,
    username: devUsername,
    newPassword: async () => {
      const password = randomBytes(18).toString("base64");
      await setRegistryUser(devUsername, password);
      return password;
    },
  };
  // Beside the kubeconfig: a cluster that has to be made anew takes the stack that ran on the old one with it.
  const folder = path.join(path.dirname(cluster.kubeconfig), "stack");
  const session = { cluster, registry, folder, tools, env, close: () => Promise.resolve() };
  if (tools.providers === "official") return session;
  const standIns = await startStandIns({
    kubeconfig: cluster.kubeconfig,
    env: { ...tools.env, ...env },
    logFile: path.join(stateDir, "logs", "provider.log"),
  });
  return { ...session, env: { ...env, ...standIns.env }, close: () => standIns.stop() };
}

/**
 * The `dev` stack: a copy of `Pulumi.dev.yaml`, so that the checkout stays clean, for the cluster and the registry of a
 * session. What an earlier run that was killed left locked is unlocked.
 */
export async function openDevStack({ cluster, registry, folder, tools, env }: Session): Promise<Stack> {
  const stack = new Stack({ name: "dev", folder, tools, env, passphrase: sandboxPassphrase });
  const isKnown = fs.existsSync(stack.configFile);
  if (isKnown) await stack.unlock();
  // The local registry learns the password that the file holds; one that the user has is asked with what this run was given.
  if (isKnown && registry.password === undefined) return stack;
  const dev = fs.readFileSync(path.join(checkout, "Pulumi.dev.yaml"), "utf8");
  await stack.init(dev.replaceAll(devServer, registry.server).replaceAll(devUsername, registry.username));
  stack.edit((config) => {
    config["kubernetes:context"] = cluster.context;
    if (cluster.kubeconfig !== undefined) config["kubernetes:kubeconfig"] = cluster.kubeconfig;
    if (registry.caFile !== undefined) config["fleet:registryCaCertificate"] = fs.readFileSync(registry.caFile, "utf8");
  });
  if (registry.password !== undefined) await stack.set(passwordKey(registry), registry.password, true);
  return stack;
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
  const { tools } = session;
  return run(tools.kubectl, [...clusterFlags(session), ...args], { env: tools.env, input });
}

/** The same, whatever the exit code is. */
export function tryKubectl(session: Session, args: readonly string[], input?: string): Promise<RunResult> {
  const { tools } = session;
  return tryRun(tools.kubectl, [...clusterFlags(session), ...args], { env: tools.env, input });
}

function clusterFlags({ cluster: { context, kubeconfig } }: Session): string[] {
  return [...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]), "--context", context];
}
