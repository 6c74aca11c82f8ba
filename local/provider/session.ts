import type { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";

import { accepts, ApiClient } from "./api-client";
import { Engine, type ResourceLog } from "./engine";
import { engineProcess } from "./engine-process";
import { resolveKubeconfig, type ClusterAccess } from "./kubeconfig";

export interface Cluster {
  readonly access: ClusterAccess;
  readonly api: ApiClient;
}

/**
 * What belongs to one provider resource of one run. The official plugin is a process of its own for each; here one
 * process serves them all, and the connection tells them apart.
 */
export class Session {
  private engine: Engine | undefined;
  private cluster: Cluster | undefined;
  private reason = "the provider is not configured";
  private readonly cancelling = new AbortController();
  /** Given to what has no namespace of its own. Empty when no kubeconfig could be read. */
  defaultNamespace = "";
  /** Where relative paths start, and the variables that Helm reads. */
  folder = process.cwd();
  env: Readonly<Record<string, string | undefined>> = {};

  /** The only cluster that may be touched. */
  constructor(private readonly local: ClusterAccess) {}

  attach(address: string): void {
    this.engine?.close();
    this.engine = new Engine(address);
    const found = engineProcess(this.engine.port);
    if (!found) return;
    this.folder = found.folder;
    this.env = found.env;
  }

  about(urn: string): ResourceLog {
    return this.engine?.about(urn) ?? { warn: () => undefined, status: () => undefined };
  }

  /** Fires when the run is cancelled. */
  get cancelled(): AbortSignal {
    return this.cancelling.signal;
  }

  cancel(): void {
    this.cancelling.abort();
  }

  close(): void {
    this.engine?.close();
    this.cluster?.api.close();
  }

  /**
   * As the official provider: a kubeconfig that cannot be used, and a cluster that does not answer, are no error here.
   * They are one later, for what needs the cluster. Another cluster that does answer is refused.
   */
  async configure(request: ConfigureRequest): Promise<void> {
    refuseUnknown(request);
    const setting = (key: string) => request.getVariablesMap().get(`kubernetes:config:${key}`) || undefined;
    const access = this.resolve(setting);
    if (!access) {
      this.defaultNamespace = setting("namespace") ?? "";
      return;
    }
    this.defaultNamespace = access.namespace;
    if (new URL(access.server).host !== new URL(this.local.server).host) {
      if (await accepts(access.server)) {
        throw new Error(
          `the stand-in providers work with the local cluster at ${this.local.server} only, and refuse ${access.server}: ` +
            "install the official Kubernetes plugin for any other",
        );
      }
      this.reason = `nothing answers at ${access.server}`;
      return;
    }
    const api = new ApiClient(access);
    try {
      await api.request("GET", "/api/v1");
      this.cluster = { access, api };
    } catch (error) {
      api.close();
      this.reason = `${access.server}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  private resolve(setting: (key: string) => string | undefined): ClusterAccess | undefined {
    const { folder } = this;
    const ambient = Object.keys(this.env).length > 0 ? this.env : process.env;
    try {
      return resolveKubeconfig({
        kubeconfig: setting("kubeconfig"),
        context: setting("context"),
        cluster: setting("cluster"),
        namespace: setting("namespace"),
        env: ambient,
        folder,
      });
    } catch (error) {
      this.reason = `the kubeconfig cannot be used: ${error instanceof Error ? error.message : String(error)}`;
      return undefined;
    }
  }

  /** The cluster, for previews: nothing when there is none to ask. */
  get reachable(): Cluster | undefined {
    return this.cluster;
  }

  /** Why there is no cluster to ask. */
  get unreachableReason(): string {
    return this.reason;
  }

  requireCluster(): Cluster {
    if (this.cluster) return this.cluster;
    throw new Error(`the configured Kubernetes cluster is unreachable: ${this.reason}`);
  }
}

const known = new Set(["kubeconfig", "context", "cluster", "namespace", "version", "enableServerSideApply=true"]);
const harmless = /^(suppress|plugin)/;

/** A setting that would be ignored here changes what the official provider does: better to say so. */
function refuseUnknown(request: ConfigureRequest): void {
  for (const [variable, value] of request.getVariablesMap().entries()) {
    const key = variable.replace("kubernetes:config:", "");
    const isOff = value === "" || value === "false";
    const isKnown = known.has(key) || known.has(`${key}=${value}`) || harmless.test(key);
    if (!isKnown && (!isOff || key === "enableServerSideApply")) {
      throw new Error(
        `the stand-in provider does not know the setting kubernetes:${key}; it needs the official plugin`,
      );
    }
  }
}

/** Sessions by connection. Runs end without saying so: the oldest are forgotten. */
export class Sessions {
  private readonly byPeer = new Map<string, Session>();

  constructor(
    private readonly local: ClusterAccess,
    private readonly limit = 200,
  ) {}

  of(peer: string): Session {
    const known = this.byPeer.get(peer);
    const session = known ?? new Session(this.local);
    this.byPeer.delete(peer); // so that the one used last is the last in order
    this.byPeer.set(peer, session);
    if (!known) this.forgetOldest();
    return session;
  }

  private forgetOldest(): void {
    for (const [peer, session] of this.byPeer) {
      if (this.byPeer.size <= this.limit) return;
      this.byPeer.delete(peer);
      session.close();
    }
  }
}
