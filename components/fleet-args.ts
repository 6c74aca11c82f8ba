import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseTls } from "./database-tls";
import type { ExistingSecret, Registry } from "./image-pull-secrets";
import type { PodSecurityLevel } from "./pod-security-level";

/*
 * Pulumi describes these interfaces to other languages (plugin/schema.json): no unions, no types without a name, and lists that are not
 * `readonly`. What is no `pulumi.Input` decides what is made, or is checked before anything is.
 */

/** A key of a Secret that exists in the namespace. */
export interface SecretKey {
  /** The Secret's name. */
  readonly secretName: pulumi.Input<string>;
  /** The key inside the Secret. */
  readonly key: pulumi.Input<string>;
}

/** Where Fleet keeps its data, when the stack brings its own. */
export interface Database {
  /** `host:port` of MySQL 8. */
  readonly address: pulumi.Input<string>;
  /** The database inside of it. @default "fleet" */
  readonly name?: pulumi.Input<string>;
  /** The user. @default "fleet" */
  readonly username?: pulumi.Input<string>;
  /**
   * The password; always treated as secret. Either this or `passwordSecret` is needed. Where `tls` is given, this: the chart mounts
   * the certificates from the Secret that has the password.
   */
  readonly password?: pulumi.Input<string>;
  /** The password in a Secret that exists. */
  readonly passwordSecret?: SecretKey;
  /** TLS to MySQL. @default plain, unless `values.database.tls` says otherwise of a Secret that exists */
  readonly tls?: DatabaseTls;
}

/** Fleet's cache, when the stack brings its own. */
export interface Cache {
  /** `host:port` of Redis or Valkey. */
  readonly address: pulumi.Input<string>;
  /** The password; always treated as secret. @default none is sent */
  readonly password?: pulumi.Input<string>;
  /** The password in a Secret that exists, instead. @default none is sent */
  readonly passwordSecret?: SecretKey;
}

/** The certificate that Fleet itself serves: `certificate` and `privateKey`, or `secretName`. */
export interface Tls {
  /** The chain; PEM. */
  readonly certificate?: pulumi.Input<string>;
  /** Its private key, PEM; always treated as secret. */
  readonly privateKey?: pulumi.Input<string>;
  /** A Secret in the namespace with both, as `server.cert` and `server.key`. */
  readonly secretName?: pulumi.Input<string>;
}

/** Vulnerability processing. */
export interface VulnProcessing {
  /** Whether it has a CronJob of its own. */
  readonly dedicated: boolean;
  /** When that runs: five fields, as of cron. @default the chart's own */
  readonly schedule?: pulumi.Input<string>;
  /** Seconds after which a run ends, whether it works or waits for its image; `postrender` puts it in. @default none */
  readonly deadlineSeconds?: number;
}

/** An image that the check pulls too. */
export interface PulledImage {
  /** The image reference as the pods name it. */
  readonly image: string;
  /** Executable and arguments that end at once with exit code 0. */
  readonly command: string[];
}

/** The arguments of `Fleet`. */
export interface FleetArgs {
  /** Kubernetes namespace. @default "fleet" */
  readonly namespace?: pulumi.Input<string>;
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
  /** Their passwords, by the same keys; always treated as secret. @default none */
  readonly passwords?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Pull Secrets that exist already in the namespace. @default none */
  readonly existing?: ExistingSecret[];
  /** Fleet's image without tag, for example `registry.example.com/fleetdm/fleet`. @default "fleetdm/fleet" */
  readonly imageRepository?: string;
  /** Tag of Fleet's image, for example `v4.85.0` or `v4.85.0@sha256:…`. */
  readonly imageTag: string;
  /** The host name that people and devices reach Fleet at. @default "fleet.localhost" */
  readonly hostName?: pulumi.Input<string>;
  /** Pods of the Deployment. @default 3 */
  readonly replicas?: pulumi.Input<number>;
  /**
   * Fleet's chart: its name in `chartRepository`, a folder or an archive on this machine (`./charts/fleet`, `fleet.tgz`), or an OCI
   * reference without a tag (`oci://registry.example.com/charts/fleet`). @default "fleet"
   */
  readonly chart?: string;
  /**
   * URL of the chart repository; of no use for a folder, an archive, `oci://`, and a name such as `repo/fleet`, whose repository
   * Helm knows. @default "https://fleetdm.github.io/fleet/charts"
   */
  readonly chartRepository?: pulumi.Input<string>;
  /** Exact version of the chart; of no use for a folder and an archive. @default "7.0.2" */
  readonly chartVersion?: pulumi.Input<string>;
  /** The account that the chart is pulled with; always treated as secret. An OCI registry's needs the Kubernetes plugin 4.27. @default none */
  readonly chartUsername?: pulumi.Input<string>;
  /** Its password or token; always treated as secret. @default none */
  readonly chartPassword?: pulumi.Input<string>;
  /** MySQL that exists. @default a MySQL made here, of one pod */
  readonly database?: Database;
  /** Redis or Valkey that exists. @default a Valkey made here, of one pod */
  readonly cache?: Cache;
  /** Image of the MySQL made here. @default "mysql:8.4.6" */
  readonly mysqlImage?: string;
  /** Image of the Valkey made here. @default "valkey/valkey:8.1.4" */
  readonly valkeyImage?: string;
  /** Size of the volume of the MySQL made here, a Kubernetes quantity of 1Gi or more; it keeps the one it was made with. @default "10Gi" */
  readonly mysqlVolumeSize?: string;
  /** StorageClass of that volume, which keeps the one it was made with. @default the cluster's default class */
  readonly mysqlStorageClass?: pulumi.Input<string>;
  /**
   * User and group id of the datastores made here, and owner of MySQL's volume. 0: none is said, for clusters that assign
   * users, such as OpenShift. @default 999, which the official images switch to
   */
  readonly datastoreUser?: number;
  /**
   * Fleet's key for what it encrypts in its database, at least 32 bytes; always treated as secret.
   *
   * @default made here, kept in the state and a Secret
   */
  readonly privateKey?: pulumi.Input<string>;
  /** That key in a Secret that exists, instead. @default none */
  readonly privateKeySecret?: SecretKey;
  /** Licence key of Fleet Premium; always treated as secret. @default none */
  readonly licenseKey?: pulumi.Input<string>;
  /** The licence key in a Secret that exists, instead. @default none */
  readonly licenseSecret?: SecretKey;
  /** TLS in Fleet itself. @default Fleet serves plain HTTP, and TLS ends in front of it */
  readonly tls?: Tls;
  /** Vulnerability processing in a CronJob of its own, as in the chart. @default inside the server */
  readonly vulnProcessing?: VulnProcessing;
  /** Pull every image with the new Secrets before anything is touched. @default true */
  readonly pullCheck?: boolean;
  /** Seconds that the check may take. @default 180 */
  readonly pullCheckDeadlineSeconds?: number;
  /**
   * On how many different nodes every image is pulled, of those that Fleet's pods may run on; 1 to 16. With fewer the check is refused at its
   * deadline. More than one needs Kubernetes 1.30. @default 1
   */
  readonly pullCheckNodes?: number;
  /**
   * Images of containers that something else adds to the pods, such as a sidecar of a chart built on Fleet's; the registries are
   * asked about them too. Each with a command that ends at once with exit code 0. @default none
   */
  readonly pullCheckImages?: PulledImage[];
  /**
   * Annotations of the check's pod, over `podAnnotations` of `values`, which it has too; for what would keep its Job from ending,
   * such as a sidecar that something injects. @default the ones that keep the sidecars of Istio, Linkerd and Consul away
   */
  readonly pullCheckAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Seconds that Helm waits for the workloads before it rolls back. @default 300 */
  readonly releaseTimeoutSeconds?: pulumi.Input<number>;
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
  readonly values?: pulumi.Inputs;
}
