import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { dockerConfigJson } from "../../registry/docker-config";
import { runKubectl } from "../../local/session";
import { session } from "./session";

const password = "external-datastores";
const labels = (name: string) => ({ "external-datastore": name });

/** Files of a MySQL that speaks TLS, PEM: its certificate, its key, and the authority of the clients' certificates. */
export interface ServerTls {
  readonly "server.crt": string;
  readonly "server.key": string;
  readonly "ca.crt": string;
}

/**
 * MySQL and Valkey in a namespace of their own, as a stack has them that brings its own; `config` points a stack at them,
 * and `remove` takes them away.
 */
export async function externalDatastores(
  name: string,
  tls?: ServerTls,
): Promise<{ readonly config: Readonly<Record<string, unknown>>; remove(): Promise<void> }> {
  const namespace = `external-${name}`;
  const username = `puller-${namespace}`;
  const { server } = session().cluster.registry;
  await setRegistryUser(username, password);
  await runKubectl(session(), ["delete", "namespace", namespace, "--ignore-not-found"]);
  await runKubectl(session(), ["apply", "-f", "-"], JSON.stringify(manifests(namespace, server, username, tls)));
  await runKubectl(session(), [
    "--namespace",
    namespace,
    "wait",
    "--for=condition=Ready",
    "pod",
    "--all",
    "--timeout=60s",
  ]);
  return {
    config: {
      "fleet:mysqlImage": undefined,
      "fleet:valkeyImage": undefined,
      "fleet:database": { address: `${mysqlHost(name)}:3306` },
      "fleet:cache": { address: `valkey.${namespace}.svc:6379` },
    },
    async remove() {
      await runKubectl(session(), ["delete", "namespace", namespace, "--wait=false"]);
      await removeRegistryUser(username);
    },
  };
}

/** The value of the stack's `databasePassword`, which `config` leaves out because it is encrypted. */
export const databasePassword = password;

/** The name that MySQL's certificate must have. */
export const mysqlHost = (name: string) => `mysql.external-${name}.svc`;

const tlsFolder = "/etc/mysql-tls";

function manifests(namespace: string, server: string, username: string, tls: ServerTls | undefined): object {
  const pod = (name: string, image: string, port: number, env: object[], args: string[]) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      imagePullSecrets: [{ name: "registry" }],
      volumes: [
        { name: "data", emptyDir: {} },
        { name: "tls", secret: { secretName: "mysql-tls", optional: true } },
      ],
      containers: [
        {
          name,
          image: `${server}/${image}`,
          env,
          args,
          volumeMounts: [
            { name: "data", mountPath: "/var/lib/mysql" },
            { name: "tls", mountPath: tlsFolder },
          ],
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        },
      ],
    },
  });
  const service = (name: string, port: number) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: labels(name), ports: [{ port }] },
  });
  const mysqlEnvironment = {
    MYSQL_ROOT_PASSWORD: password,
    MYSQL_DATABASE: "fleet",
    MYSQL_USER: "fleet",
    MYSQL_PASSWORD: password,
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "registry", namespace },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": dockerConfigJson(server, { username, password }) },
      },
      ...(tls === undefined
        ? []
        : [{ apiVersion: "v1", kind: "Secret", metadata: { name: "mysql-tls", namespace }, stringData: tls }]),
      pod(
        "mysql",
        "library/mysql:8.4.6",
        3306,
        Object.entries(mysqlEnvironment).map(([key, value]) => ({ name: key, value })),
        tls === undefined
          ? []
          : [`--ssl-cert=${tlsFolder}/server.crt`, `--ssl-key=${tlsFolder}/server.key`, `--ssl-ca=${tlsFolder}/ca.crt`],
      ),
      service("mysql", 3306),
      pod("valkey", "valkey/valkey:8.1.4", 6379, [], []),
      service("valkey", 6379),
    ],
  };
}
