import type { FleetArgs } from "../components/fleet-args";
import type { Issue } from "../registry/issue";

/** One key of a stack's configuration. */
interface Key {
  /** Pulumi.yaml knows no lists of both texts and maps: such a key has no type there. */
  readonly type: "string" | "integer" | "boolean" | "object" | "array of objects" | "array of strings or objects";
  /** What it is where a stack does not set it; empty counts as not set. */
  readonly default: unknown;
  /**
   * Whether a stack's file must hold it encrypted. Pulumi.yaml does not say `secret: true` of it: with that, command lines from
   * 3.205 on refuse every stack that leaves the key out, since its default (nothing) is not encrypted.
   */
  readonly secret?: true;
  /** The argument of `Fleet` that it becomes; `false` where it decides what is asked before. @default one of its own name */
  readonly argument?: keyof FleetArgs | `${keyof FleetArgs}.${string}` | false;
  /** For people: in Pulumi.yaml and the README. */
  readonly description: string;
}

/** Every key: Pulumi.yaml and the table in the README are written from it (test/unit/config/keys.test.ts). */
const table = {
  imageRepository: {
    type: "string",
    default: "fleetdm/fleet",
    description: "Fleet's image without its tag, for example registry.example.com/fleetdm/fleet",
  },
  imageTag: {
    type: "string",
    default: "",
    description:
      "Tag of Fleet's image, for example v4.85.0 or v4.85.0@sha256:…. Required; a mirror has the tags that you copied.",
  },
  hostName: {
    type: "string",
    default: "fleet.localhost",
    description: "The host name that people and devices reach Fleet at",
  },
  replicas: {
    type: "integer",
    default: 3,
    description: "Pods of the Fleet Deployment",
  },
  namespace: {
    type: "string",
    default: "fleet",
    description: "Kubernetes namespace of everything",
  },
  createNamespace: {
    type: "boolean",
    default: true,
    description: "Whether this stack makes the namespace; false uses one that exists",
  },
  adopt: {
    type: "boolean",
    default: false,
    description: "Whether this stack takes over the namespace and the Helm release fleet that exist",
  },
  podSecurity: {
    type: "string",
    default: "restricted",
    description:
      "What pods the namespace that is made here takes, by Kubernetes' Pod Security Standards: restricted, baseline or privileged",
  },
  protect: {
    type: "boolean",
    default: true,
    description: "Whether deleting what holds data is refused. To mean it: set this to false, then pulumi up",
  },
  clusterUid: {
    type: "string",
    default: "",
    argument: false,
    description: "The only cluster that this stack may change: the uid of its namespace kube-system. Empty: any",
  },
  registries: {
    type: "object",
    default: {},
    description: "Registries by server: {username, email, expires}; a username may be encrypted",
  },
  registryPasswords: {
    type: "object",
    default: {},
    secret: true,
    argument: "passwords",
    description:
      "Passwords or tokens by the same servers, each one encrypted: pulumi config set --secret --path 'registryPasswords[\"SERVER\"]'",
  },
  imagePullSecrets: {
    type: "array of strings or objects",
    default: [],
    argument: "existing",
    description:
      "Pull Secrets that exist already in the namespace: their names, or {name, follow: false} for one that refreshes itself",
  },
  registryCheck: {
    type: "string",
    default: "enforce",
    argument: false,
    description: "Whether each registry is asked at preview if the image can be pulled: enforce, warn or off",
  },
  registryCaCertificate: {
    type: "string",
    default: "",
    argument: false,
    description: "Certificates of a private authority that signed a registry's, PEM; for these questions only",
  },
  leastPrivilege: {
    type: "string",
    default: "warn",
    argument: false,
    description: "What a credential that may also push is: enforce, warn or off",
  },
  pullCheck: {
    type: "boolean",
    default: true,
    description: "Pull every image with the new Secrets, in a Job, before anything that runs is touched",
  },
  pullCheckDeadlineSeconds: {
    type: "integer",
    default: 180,
    description: "Seconds that the pull check may take",
  },
  pullCheckNodes: {
    type: "integer",
    default: 1,
    description: "On how many different nodes the pull check pulls; more than one needs Kubernetes 1.30",
  },
  pullCheckImages: {
    type: "array of objects",
    default: [],
    description:
      "More images to pull in the check, of containers that something else adds to the pods: {image, command}",
  },
  pullCheckAnnotations: {
    type: "object",
    default: {},
    description:
      "Annotations of the pull check's pod, over values.podAnnotations; for what keeps its Job from ending, such as a sidecar",
  },
  chart: {
    type: "string",
    default: "fleet",
    description: "The chart: its name in chartRepository, a folder, an archive (.tgz) or an oci:// reference",
  },
  chartRepository: {
    type: "string",
    default: "https://fleetdm.github.io/fleet/charts",
    description: "URL of the chart repository; not used for a folder, an archive or oci://",
  },
  chartUsername: {
    type: "string",
    default: "",
    description: "Account for a private chartRepository or oci:// chart; a registry of registries needs none",
  },
  chartPassword: {
    type: "string",
    default: "",
    secret: true,
    description: "Its password or token",
  },
  chartVersion: {
    type: "string",
    default: "7.0.2",
    description: "Exact version of the chart; not used for a folder or an archive",
  },
  releaseTimeoutSeconds: {
    type: "integer",
    default: 300,
    description: "Seconds that Helm waits for the workloads before it rolls back",
  },
  drain: {
    type: "boolean",
    default: true,
    argument: "postrender",
    description: "Let Fleet's pods serve on for five seconds when they are replaced, so that no connection is refused",
  },
  database: {
    type: "object",
    default: {},
    description: "MySQL that the stack brings: {address, name, username, secretName, passwordKey}. Empty: one is made",
  },
  databasePassword: {
    type: "string",
    default: "",
    secret: true,
    argument: "database.password",
    description: "Its password, where database has no secretName",
  },
  databaseCaCertificate: {
    type: "string",
    default: "",
    argument: "database.tls.caCertificate",
    description:
      "Certificates of the authority that signed MySQL's, PEM: Fleet connects with TLS. Needs databasePassword",
  },
  databaseClientCertificate: {
    type: "string",
    default: "",
    argument: "database.tls.client.certificate",
    description: "Certificate that Fleet shows to MySQL, PEM. Empty: none",
  },
  databaseClientKey: {
    type: "string",
    default: "",
    secret: true,
    argument: "database.tls.client.privateKey",
    description: "Its private key, PEM",
  },
  cache: {
    type: "object",
    default: {},
    description: "Redis or Valkey that the stack brings: {address, secretName, passwordKey}. Empty: one is made",
  },
  cachePassword: {
    type: "string",
    default: "",
    secret: true,
    argument: "cache.password",
    description: "Its password, where cache has no secretName",
  },
  mysqlImage: {
    type: "string",
    default: "mysql:8.4.6",
    description: "Image of the MySQL that is made",
  },
  valkeyImage: {
    type: "string",
    default: "valkey/valkey:8.1.4",
    description: "Image of the Valkey that is made",
  },
  mysqlVolumeSize: {
    type: "string",
    default: "10Gi",
    description: "Size of the volume of the MySQL that is made; the volume keeps the size that it was made with",
  },
  mysqlStorageClass: {
    type: "string",
    default: "",
    description: "StorageClass of that volume, for a MySQL that is yet to be made. Empty: the cluster's default class",
  },
  datastoreUser: {
    type: "integer",
    default: 999,
    description:
      "User and group id that the MySQL and the Valkey that are made run as. 0: the cluster assigns them, as OpenShift does",
  },
  privateKey: {
    type: "string",
    default: "",
    secret: true,
    description: "Fleet's private key, at least 32 bytes. Empty: one is made",
  },
  privateKeySecret: {
    type: "object",
    default: {},
    argument: "privateKey",
    description: "A Secret that holds the private key already: {secretName, key}",
  },
  licenseKey: {
    type: "string",
    default: "",
    secret: true,
    description: "Licence key of Fleet Premium",
  },
  licenseSecret: {
    type: "object",
    default: {},
    argument: "licenseKey",
    description: "A Secret that holds the licence key already: {secretName, key}",
  },
  tlsCertificate: {
    type: "string",
    default: "",
    argument: "tls",
    description: "Certificate chain that Fleet itself serves, PEM. Empty: TLS ends in front of Fleet",
  },
  tlsPrivateKey: {
    type: "string",
    default: "",
    secret: true,
    argument: "tls.privateKey",
    description: "Its private key, PEM",
  },
  tlsSecretName: {
    type: "string",
    default: "",
    argument: "tls",
    description: "A Secret that holds both already, as server.cert and server.key",
  },
  vulnProcessing: {
    type: "object",
    default: {},
    description:
      "Vulnerability processing in a CronJob of its own: {dedicated, schedule, deadlineSeconds}; a run ends after 5400 seconds",
  },
  values: {
    type: "object",
    default: {},
    description: "More values for the chart. Nothing secret; that belongs in a Secret and envsFrom.",
  },
} as const satisfies Readonly<Record<string, Key>>;

export type KeyName = keyof typeof table;

/** The keys of one type. */
export type KeyOf<T extends Key["type"]> = { [N in KeyName]: (typeof table)[N]["type"] extends T ? N : never }[KeyName];

export const keys: Readonly<Record<KeyName, Key>> = table;

export const keyNames = Object.keys(table) as readonly KeyName[];

/** The keys that a stack's file must hold encrypted. */
export const secretKeys: readonly KeyName[] = keyNames.filter((name) => keys[name].secret === true);

/** A key as sentences write it; `fleet:v4.85.0` is none, but the end of an image, and `acme-fleet:imageTag` has its project's name. */
export const writtenKey = new RegExp(`(?<![\\w/.-])fleet:(${keyNames.join("|")})\\b`, "g");

/** Whoever gave the project another name in Pulumi.yaml has keys that begin with that one. */
export function inProject(project: string, { code, ...texts }: Issue): Issue {
  const name = (text: string) => text.replace(writtenKey, `${project}:$1`);
  const named = Object.entries(texts).map(([part, text]: [string, string]) => [part, name(text)] as const);
  return { code, ...(Object.fromEntries(named) as typeof texts) };
}

/** The argument of `Fleet` that a key becomes; the name itself where it is none, or no key. */
export function argumentOf(name: string): string {
  const key: Key | undefined = Object.hasOwn(table, name) ? keys[name as KeyName] : undefined;
  return key?.argument === undefined || key.argument === false ? name : key.argument;
}

/** The keys that become an argument of `Fleet`; where none does, the argument is called as the key. */
export function keysOf(argument: string): readonly string[] {
  const names = keyNames.filter((name) => (keys[name].argument ?? name) === argument);
  return names.length === 0 ? [argument] : names;
}
