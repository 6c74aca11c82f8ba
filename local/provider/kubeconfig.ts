import { existsSync, readFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

/** How to talk to one cluster: the part of a kubeconfig that its chosen context names. */
export interface ClusterAccess {
  /** `https://host:port` */
  readonly server: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  /** PEM. */
  readonly ca?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
  readonly insecure: boolean;
  readonly tlsServerName?: string;
}

/** What a program's provider configuration says about the cluster. */
export interface KubeconfigChoice {
  /** A path, or the contents themselves. Without it: `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  /** Variables and folder of the process that asks. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

type Entry = Record<string, unknown>;
interface Loaded {
  readonly document: Entry;
  readonly folder: string;
}

const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null;
const entryOf = (value: unknown): Entry => (isEntry(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

// Errors without the text around them: it may be a token.
const parseQuietly = (text: string): unknown => parse(text, { prettyErrors: false });

function load(choice: KubeconfigChoice): Loaded[] {
  const home = choice.env.HOME ?? os.homedir();
  const inHome = (file: string) => (file === "~" || file.startsWith("~/") ? path.join(home, file.slice(1)) : file);
  const read = (file: string): Loaded => ({
    document: entryOf(parseQuietly(readFileSync(file, "utf8"))),
    folder: path.dirname(file),
  });
  if (choice.kubeconfig) {
    const file = path.resolve(choice.folder, inHome(choice.kubeconfig));
    if (!choice.kubeconfig.includes("\n") && existsSync(file)) return [read(file)];
    const document = parseQuietly(choice.kubeconfig);
    if (!isEntry(document)) throw new Error("the kubeconfig is neither a file that exists nor the contents of one");
    return [{ document, folder: choice.folder }];
  }
  const files = (choice.env.KUBECONFIG || path.join(home, ".kube", "config")).split(":").filter((file) => file !== "");
  return files
    .map((file) => path.resolve(choice.folder, file))
    .filter(existsSync)
    .map(read);
}

/** The named entry of one of a kubeconfig's lists. The first file that has it wins. */
function find(loaded: readonly Loaded[], list: "clusters" | "contexts" | "users", name: string | undefined) {
  for (const { document, folder } of loaded) {
    const entries = Array.isArray(document[list]) ? (document[list] as unknown[]) : [];
    const found = entries.map(entryOf).find((entry) => entry.name === name);
    if (found) return { entry: entryOf(found[list.slice(0, -1)]), folder };
  }
  return undefined;
}

/** Resolves a kubeconfig. Throws when it is broken or names no cluster: the caller then takes the cluster as unreachable. */
export function resolveKubeconfig(choice: KubeconfigChoice): ClusterAccess {
  const loaded = load(choice);
  const current = loaded.map(({ document }) => textOf(document["current-context"])).find((name) => name !== undefined);
  const contextName = textOf(choice.context) ?? current;
  const context = find(loaded, "contexts", contextName);
  if (!context) throw new Error(contextName ? `context "${contextName}" does not exist` : "no context is chosen");
  const clusterName = textOf(choice.cluster) ?? textOf(context.entry.cluster);
  const cluster = find(loaded, "clusters", clusterName);
  const server = textOf(cluster?.entry.server);
  if (!cluster || !server) throw new Error(`cluster "${clusterName ?? ""}" has no server`);
  const user = find(loaded, "users", textOf(context.entry.user));

  const pem = (found: { entry: Entry; folder: string } | undefined, key: string): string | undefined => {
    const data = textOf(found?.entry[`${key}-data`]);
    if (data) return Buffer.from(data, "base64").toString("utf8");
    const file = textOf(found?.entry[key]);
    return found && file ? readFileSync(path.resolve(found.folder, file), "utf8") : undefined;
  };
  const tokenFile = textOf(user?.entry.tokenFile);
  return {
    server: server.replace(/\/+$/, ""),
    namespace: textOf(choice.namespace) ?? textOf(context.entry.namespace) ?? "default",
    ca: pem(cluster, "certificate-authority"),
    clientCertificate: pem(user, "client-certificate"),
    clientKey: pem(user, "client-key"),
    token:
      textOf(user?.entry.token) ??
      (user && tokenFile ? readFileSync(path.resolve(user.folder, tokenFile), "utf8").trim() : undefined),
    insecure: cluster.entry["insecure-skip-tls-verify"] === true,
    tlsServerName: textOf(cluster.entry["tls-server-name"]),
  };
}

/** A kubeconfig with just this access in it, for a tool that reads files. */
export function kubeconfigOf(access: ClusterAccess): string {
  const base64 = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text).toString("base64"));
  const cluster = {
    server: access.server,
    "certificate-authority-data": base64(access.ca),
    "insecure-skip-tls-verify": access.insecure || undefined,
    "tls-server-name": access.tlsServerName,
  };
  const user = {
    token: access.token,
    "client-certificate-data": base64(access.clientCertificate),
    "client-key-data": base64(access.clientKey),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "local",
    clusters: [{ name: "local", cluster }],
    users: [{ name: "local", user }],
    contexts: [{ name: "local", context: { cluster: "local", user: "local", namespace: access.namespace } }],
  });
}
