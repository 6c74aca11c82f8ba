import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type * as inputs from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, replaceable } from "./child-options";
import { checkName } from "./component-name";
import { dropDebugMessages } from "./debug-messages";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { checkVolumeSize } from "./quantity";
import { restrictedContainer, type PodUser } from "./pod-security";
import { refuse } from "./user-error";

/** A datastore that Fleet connects to, and the Secret with its password. */
export interface Datastore {
  /** `host:port`. */
  readonly address: pulumi.Output<string>;
  readonly password: {
    readonly secretName: pulumi.Output<string>;
    /** The key inside the Secret. */ readonly key: string;
  };
}

export interface DatastoresArgs {
  readonly namespace: pulumi.Input<string>;
  /** The list that every workload gets; a change of it restarts the datastores. */
  readonly imagePullSecrets: pulumi.Input<readonly { name: string }[]>;
  /** Image reference of MySQL 8. @default no MySQL is made */
  readonly mysqlImage?: string;
  /** Image reference of Valkey 8. @default no Valkey is made */
  readonly valkeyImage?: string;
  /**
   * Size of MySQL's volume, a Kubernetes quantity of 1Gi or more; any other is refused with a `UserError`. The volume keeps the
   * size that it was made with, since a StatefulSet cannot change it (docs/clusters.md). @default "10Gi"
   */
  readonly mysqlVolumeSize?: string;
  /** StorageClass of MySQL's volume, which keeps the one that it was made with. @default the cluster's default class */
  readonly mysqlStorageClass?: pulumi.Input<string>;
  /**
   * User and group id of the pods, and owner of MySQL's volume. 0: none is said, for clusters that assign users, such as
   * OpenShift. @default 999, which the official images switch to
   */
  readonly user?: number;
  /** Refuses to delete MySQL and its passwords; Valkey keeps nothing. @default as the component's own `protect`, or true */
  readonly protect?: boolean;
}

export const defaultVolumeSize = "10Gi";

/** The database and the user inside the MySQL made here. */
export const bundledDatabase = { name: "fleet", username: "fleet" };

/**
 * What the Kubernetes plugin waits for: that the pod of the newest template is ready. Its own rule takes the status of the template
 * before for the new one's, and lets what follows begin while the datastore restarts (before 4.26).
 */
const readyAfterUpdate = JSON.stringify(["jsonpath={.status.updatedReplicas}=1", "jsonpath={.status.readyReplicas}=1"]);

/**
 * Whom the datastores made here run as.
 *
 * @param id 0 for none. @default 999, the user that the official MySQL and Valkey images switch to: started as it, they need no
 *   privilege
 */
export function datastoreUser(id = 999): PodUser {
  return { runAsNonRoot: true, ...(id !== 0 && { runAsUser: id, runAsGroup: id }) };
}

/**
 * MySQL and Valkey for stacks that bring none of their own: one pod each, so a change, a rotation included, restarts them.
 *
 * These are not the chart's bundled ones: those take no pull Secrets, and `mysql.enabled` makes the migration Job a plain
 * one, whose template cannot be updated.
 */
export class Datastores extends pulumi.ComponentResource {
  readonly mysql?: Datastore;
  readonly valkey?: Datastore;
  private readonly options: pulumi.CustomResourceOptions;
  /** Of what data would be lost with. */
  private readonly protect: boolean;

  constructor(name: string, args: DatastoresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:Datastores", name, {}, opts);
    dropDebugMessages();
    this.options = childOptions(this, opts);
    this.protect = args.protect ?? opts?.protect ?? true;
    const volumeSize = args.mysqlVolumeSize ?? defaultVolumeSize;
    const mistake = checkVolumeSize(volumeSize);
    const makesSome = args.mysqlImage !== undefined || args.valkeyImage !== undefined;
    refuse([
      ...(makesSome ? checkName(name, true) : []),
      ...(mistake === undefined ? [] : [{ place: "mysqlVolumeSize", ...mistake }]),
    ]);
    if (args.mysqlImage !== undefined) {
      this.mysql = this.createMysql(`${name}-mysql`, args, args.mysqlImage, volumeSize);
    }
    if (args.valkeyImage !== undefined) {
      this.valkey = this.createValkey(`${name}-valkey`, args, args.valkeyImage);
    }
    this.registerOutputs({ mysql: this.mysql, valkey: this.valkey });
  }

  private createMysql(name: string, args: DatastoresArgs, image: string, volumeSize: string): Datastore {
    const rootPassword = this.createPassword(`${name}-root`, this.protect);
    const password = this.createPassword(name, this.protect);
    const secret = this.createSecret(name, args, { "mysql-root-password": rootPassword, "mysql-password": password });
    const fromSecret = (key: string) => ({ secretKeyRef: { name: secret.metadata.name, key } });
    const address = this.createServer(
      name,
      args,
      3306,
      {
        volumes: [
          { name: "tmp", emptyDir: {} },
          { name: "run", emptyDir: {} },
        ],
        containers: [
          {
            name: "mysql",
            image,
            env: [
              { name: "MYSQL_ROOT_PASSWORD", valueFrom: fromSecret("mysql-root-password") },
              { name: "MYSQL_DATABASE", value: bundledDatabase.name },
              { name: "MYSQL_USER", value: bundledDatabase.username },
              { name: "MYSQL_PASSWORD", valueFrom: fromSecret("mysql-password") },
            ],
            resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "1Gi" } },
            volumeMounts: [
              // A folder below the mount point: a fresh ext4 volume has `lost+found`, and MySQL wants an empty folder.
              { name: "data", mountPath: "/var/lib/mysql", subPath: "mysql" },
              { name: "tmp", mountPath: "/tmp" },
              { name: "run", mountPath: "/var/run/mysqld" },
            ],
          },
        ],
      },
      { volumeSize, storageClass: args.mysqlStorageClass },
    );
    return { address, password: { secretName: secret.metadata.name, key: "mysql-password" } };
  }

  private createValkey(name: string, args: DatastoresArgs, image: string): Datastore {
    const password = this.createPassword(name);
    const secret = this.createSecret(name, args, {
      "valkey-password": password,
      // Fleet keeps nothing in its cache that it cannot make again, so nothing is written to disk.
      "valkey.conf": pulumi.interpolate`requirepass ${password}\nsave ""\nappendonly no\ndir /tmp\n`,
    });
    const address = this.createServer(name, args, 6379, {
      volumes: [
        { name: "tmp", emptyDir: {} },
        {
          name: "config",
          secret: { secretName: secret.metadata.name, items: [{ key: "valkey.conf", path: "valkey.conf" }] },
        },
      ],
      containers: [
        {
          name: "valkey",
          image,
          command: ["valkey-server", "/etc/valkey/valkey.conf"],
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          volumeMounts: [
            { name: "config", mountPath: "/etc/valkey", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
      ],
    });
    return { address, password: { secretName: secret.metadata.name, key: "valkey-password" } };
  }

  /**
   * A Service and a StatefulSet of one pod behind it. The address does not wait for them, or a restart would make it
   * unknown in the preview of everything that uses it: depend on this component where the order matters.
   */
  private createServer(
    name: string,
    args: DatastoresArgs,
    port: number,
    pod: { volumes: inputs.core.v1.Volume[]; containers: inputs.core.v1.Container[] },
    kept?: { readonly volumeSize: string; readonly storageClass?: pulumi.Input<string> },
  ): pulumi.Output<string> {
    const user = datastoreUser(args.user);
    const labels = { "app.kubernetes.io/part-of": "fleet", "app.kubernetes.io/name": name };
    const metadata = { namespace: args.namespace, name, labels };
    // Headless: there is one pod, and its name is all that is needed.
    const spec = { clusterIP: "None", selector: labels, ports: [{ name: "server", port }] };
    new Service(name, { metadata, spec }, this.options);
    new StatefulSet(
      name,
      {
        metadata: { ...metadata, annotations: { "pulumi.com/waitFor": readyAfterUpdate } },
        spec: {
          serviceName: name,
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              imagePullSecrets: args.imagePullSecrets as pulumi.Input<{ name: string }[]>,
              securityContext: {
                ...user,
                ...(user.runAsGroup !== undefined && { fsGroup: user.runAsGroup }),
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumes: pod.volumes,
              containers: pod.containers.map((container) => ({
                ...container,
                ports: [{ name: "server", containerPort: port }],
                // Neither image listens on its port before it can serve.
                // Ten minutes: a MySQL that is ended while it makes its database never makes it again, and has no user for Fleet.
                startupProbe: { tcpSocket: { port: "server" }, periodSeconds: 1, failureThreshold: 600 },
                readinessProbe: { tcpSocket: { port: "server" }, periodSeconds: 2 },
                livenessProbe: { tcpSocket: { port: "server" }, periodSeconds: 10 },
                securityContext: restrictedContainer,
              })),
            },
          },
          ...(kept === undefined
            ? {}
            : {
                volumeClaimTemplates: [
                  {
                    metadata: { name: "data" },
                    spec: {
                      accessModes: ["ReadWriteOnce"],
                      ...(kept.storageClass !== undefined && { storageClassName: kept.storageClass }),
                      resources: { requests: { storage: kept.volumeSize } },
                    },
                  },
                ],
              }),
        },
      },
      {
        ...this.options,
        // The volume would stay as it is, and a StatefulSet made anew would only restart MySQL.
        ...(kept && { protect: this.protect, ignoreChanges: ["spec.volumeClaimTemplates"] }),
      },
    );
    return pulumi.interpolate`${name}.${args.namespace}.svc:${port}`;
  }

  private createPassword(name: string, protect?: boolean): pulumi.Output<string> {
    // Letters and digits alone need no quoting, wherever the password is used.
    return new RandomPassword(name, { length: 32, special: false }, { ...this.options, protect }).result;
  }

  private createSecret(name: string, args: DatastoresArgs, data: Record<string, pulumi.Output<string>>): Secret {
    return new Secret(
      name,
      {
        metadata: { namespace: args.namespace, labels: { "app.kubernetes.io/part-of": "fleet" } },
        immutable: true,
        stringData: data,
      },
      { ...this.options, ...replaceable },
    );
  }
}
