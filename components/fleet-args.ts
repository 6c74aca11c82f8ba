import type * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "./chart";
import type { DatabaseTls } from "./database-tls";
import type { ExistingSecret, Registry } from "./image-pull-secrets";
import type { PodSecurityLevel } from "./pod-security-level";
import type { Values } from "./plain-values";

/** A value that must not be readable in state, or the Secret in the namespace that holds it already. */
export type SecretValue =
  | { readonly value: pulumi.Input<string> }
  | { readonly secretName: string; /** The key inside the Secret. */ readonly key: string };

/** Where Fleet keeps its data, when the stack brings its own. */
export interface Database {
  /** `host:port` of MySQL 8. */
  readonly address: pulumi.Input<string>;
  /** @default "fleet" */
  readonly name?: string;
  /** @default "fleet" */
  readonly username?: string;
  /** Where `tls` is given, a value: the chart mounts the certificates from the Secret that has the password. */
  readonly password: SecretValue;
  /** @default plain, unless `values.database.tls` says otherwise of a Secret that exists */
  readonly tls?: DatabaseTls;
}

/** Fleet's cache, when the stack brings its own. */
export interface Cache {
  /** `host:port` of Redis or Valkey. */
  readonly address: pulumi.Input<string>;
  /** @default none is sent */
  readonly password?: SecretValue;
}

/** The certificate that Fleet itself serves; PEM. */
export type Tls =
  | { readonly certificate: pulumi.Input<string>; readonly privateKey: pulumi.Input<string> }
  /** A Secret in the namespace with the keys `server.cert` and `server.key`. */
  | { readonly secretName: string };

export interface FleetArgs {
  /** Kubernetes namespace. @default "fleet" */
  readonly namespace?: string;
  /** Whether the stack makes the namespace; `false` uses one that exists. @default true */
  readonly createNamespace?: boolean;
  /**
   * Takes over the namespace, unless `createNamespace` is `false`, and the Helm release `fleet` in it, which must exist;
   * check them with `checkAdoption` first. An adopted namespace is never deleted. @default false
   */
  readonly adopt?: boolean;
  /**
   * The level of the Pod Security Standards that the API server enforces in the namespace made here; one that is adopted or that
   * exists stays as it is. Values of the chart that need a lower one are refused. @default "restricted"
   */
  readonly podSecurity?: PodSecurityLevel;
  /**
   * Refuses to delete what Fleet's data would be lost with: the namespace made here, MySQL and its passwords, the private
   * key made here, and the release, so that a destroy ends before it has begun.
   *
   * @default as the component's own `protect`, or true
   */
  readonly protect?: boolean;
  /** Registries to pull from, by server. @default none, public images */
  readonly registries?: Readonly<Record<string, Registry>>;
  /** Their passwords, by the same keys; always treated as secret. */
  readonly passwords?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Pull Secrets that exist already in the namespace, as `readExistingSecrets` returned them. @default none */
  readonly existing?: readonly ExistingSecret[];
  /** Fleet's image without tag, for example `registry.example.com/fleetdm/fleet`. @default "fleetdm/fleet" */
  readonly imageRepository?: string;
  /** Tag of Fleet's image, for example `v4.85.0` or `v4.85.0@sha256:…`. */
  readonly imageTag: string;
  /** The host name that people and devices reach Fleet at. @default "fleet.localhost" */
  readonly hostName?: string;
  /** Pods of the Deployment. @default 3 */
  readonly replicas?: number;
  /** Fleet's chart. @default version 7.0.2 from Fleet's repository */
  readonly chart?: ChartSource;
  /** @default a MySQL made here, of one pod */
  readonly database?: Database;
  /** @default a Valkey made here, of one pod */
  readonly cache?: Cache;
  /** Image of the MySQL made here. @default "mysql:8.4.6" */
  readonly mysqlImage?: string;
  /** Image of the Valkey made here. @default "valkey/valkey:8.1.4" */
  readonly valkeyImage?: string;
  /** Size of the volume of the MySQL made here, a Kubernetes quantity of 1Gi or more; it keeps the one it was made with. @default "10Gi" */
  readonly mysqlVolumeSize?: string;
  /** StorageClass of that volume, which keeps the one it was made with. @default the cluster's default class */
  readonly mysqlStorageClass?: string;
  /**
   * User and group id of the datastores made here, and owner of MySQL's volume. 0: none is said, for clusters that assign
   * users, such as OpenShift. @default 999, which the official images switch to
   */
  readonly datastoreUser?: number;
  /** Fleet's key for what it encrypts in its database, at least 32 bytes. @default made here, kept in the state and a Secret */
  readonly privateKey?: SecretValue;
  /** Licence for Fleet Premium. @default none */
  readonly license?: SecretValue;
  /** @default Fleet serves plain HTTP, and TLS ends in front of it */
  readonly tls?: Tls;
  /** Vulnerability processing in a CronJob of its own, as in the chart. @default inside the server */
  readonly vulnProcessing?: {
    readonly dedicated: boolean;
    /** @default every hour, as the chart */
    readonly schedule?: string;
    /** Seconds after which a run ends, whether it works or waits for its image; `postrender` puts it in. @default none */
    readonly deadlineSeconds?: number;
  };
  /** Pull every image with the new Secrets before anything is touched. @default true */
  readonly pullCheck?: boolean;
  /** Seconds that the check may take. @default 180 */
  readonly pullCheckDeadlineSeconds?: number;
  /**
   * Images of containers that something else adds to the pods, such as a sidecar of a chart built on Fleet's; the registries are
   * asked about them too. Each with a command that ends at once with exit code 0. @default none
   */
  readonly pullCheckImages?: readonly { readonly image: string; readonly command: readonly string[] }[];
  /**
   * Annotations of the check's pod, over `podAnnotations` of `values`, which it has too; for what would keep its Job from ending,
   * such as a sidecar that something injects. @default the ones that keep the sidecars of Istio, Linkerd and Consul away
   */
  readonly pullCheckAnnotations?: Readonly<Record<string, string>>;
  /** Seconds that Helm waits for the workloads before it rolls back. @default 300 */
  readonly releaseTimeoutSeconds?: number;
  /**
   * An executable that Helm sends the chart's manifests through, from the project's folder: `./components/add-drain.js` of
   * this project lets Fleet's pods drain, so that a rolling update refuses no connection, and gives runs of the CronJob their
   * deadline; `./components/add-deadline.js` does the second alone. @default none
   */
  readonly postrender?: string;
  /**
   * More values for the chart. Those that other arguments decide are refused, and nothing secret belongs here. An output is a leaf:
   * in the place of a map or list that this program looks into it is refused. @default none
   */
  readonly values?: Values;
}
