import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { dockerConfigJson } from "../../registry/docker-config";
import { checkout } from "../../local/support/paths";
import { run } from "../../commands/process";
import { chart } from "./chart";
import { databasePassword } from "./external-datastores";
import { session } from "./session";
import { succeeded, type TestStack } from "./test-stack";

/** Fleet's private key as somebody made it who knows nothing of Pulumi. */
export const privateKey = "a private key of 32 bytes or more";

/** Runs `helm` against the test cluster. */
export async function helm(stack: TestStack, ...args: string[]): Promise<string> {
  const { tools, cluster } = session();
  return run(await ensureHelm(), [...args, "--namespace", stack.namespace], {
    cwd: checkout,
    env: { ...tools.env, KUBECONFIG: cluster.kubeconfig, HELM_KUBECONTEXT: cluster.context },
  });
}

/**
 * Fleet as it runs where Pulumi is new: a namespace, Secrets and a Helm release made by hand, with values of its own and a
 * pull Secret `team-registry`.
 */
export async function installWithHelm(
  stack: TestStack,
  registryPassword: string,
  { mysql, valkey }: { readonly mysql: string; readonly valkey: string },
): Promise<void> {
  const { server } = session().cluster.registry;
  const secret = (name: string, data: Record<string, string>, type = "Opaque") => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    type,
    stringData: data,
  });
  const credential = dockerConfigJson(server, { username: stack.username, password: registryPassword });
  const items = [
    secret("team-registry", { ".dockerconfigjson": credential }, "kubernetes.io/dockerconfigjson"),
    secret("mysql", { "mysql-password": databasePassword }),
    secret("fleet-key", { key: privateKey }),
  ];
  const namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: stack.namespace, labels: { team: "it" }, annotations: { note: "ours" } },
  };
  succeeded(await stack.kubectl(["apply", "-f", "-"], JSON.stringify(namespace)));
  succeeded(await stack.kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items })));

  const values = {
    imageRepository: `${server}/fleetdm/fleet`,
    imageTag: "v4.85.0",
    imagePullSecrets: [{ name: "team-registry" }],
    hostName: "fleet.example.com",
    replicas: 2,
    resources: { requests: { cpu: "50m", memory: "32Mi" } },
    fleet: { tls: { enabled: false } },
    database: { address: mysql },
    cache: { address: valkey },
    environments: { FLEET_SERVER_PRIVATE_KEY: null, FLEET_LOGGING_TRACING_ENABLED: "false" },
    envsFrom: [{ name: "FLEET_SERVER_PRIVATE_KEY", valueFrom: { secretKeyRef: { name: "fleet-key", key: "key" } } }],
  };
  const file = path.join(stack.backend, "..", "values.json");
  fs.writeFileSync(file, JSON.stringify(values));
  await helm(stack, "install", "fleet", await chart(), "--values", file, "--wait", "--timeout", "60s");
}

/** Leaves Helm's record of a second revision that a killed `helm upgrade` did not come to the end of. */
export async function recordUpgradeInTheMiddle(stack: TestStack): Promise<void> {
  const first = "sh.helm.release.v1.fleet.v1";
  const secret = JSON.parse(succeeded(await stack.kubectl(["get", "secret", first, "-o", "json"]))) as {
    data: { release: string };
  };
  // Helm's own base64 of gzip of JSON, inside that of Kubernetes.
  const packed = Buffer.from(Buffer.from(secret.data.release, "base64").toString(), "base64");
  const release = JSON.parse(gunzipSync(packed).toString()) as { info: object };
  const upgrade = { ...release, version: 2, info: { ...release.info, status: "pending-upgrade" } };
  const repacked = gzipSync(JSON.stringify(upgrade)).toString("base64");
  const record = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "sh.helm.release.v1.fleet.v2",
      labels: { owner: "helm", name: "fleet", status: "pending-upgrade", version: "2" },
    },
    type: "helm.sh/release.v1",
    stringData: { release: repacked },
  };
  succeeded(await stack.kubectl(["create", "-f", "-"], JSON.stringify(record)));
}

/** docs/rotate.md has it too. */
export const drainPatch =
  '{"spec":{"template":{"spec":{"containers":[{"name":"fleet","lifecycle":{"preStop":{"sleep":{"seconds":5}}}}]}}}}';

/** Makes Fleet's pods serve on while the Service is told to leave them out; neither Fleet nor its chart does that, and a stack only after it. */
export async function keepServing(stack: TestStack): Promise<void> {
  succeeded(await stack.kubectl(["patch", "deployment", "fleet", "--patch", drainPatch]));
  succeeded(await stack.kubectl(["rollout", "status", "deployment", "fleet", "--timeout=90s"]));
}

/** What the stack's configuration says of such an installation; `registries` are the stack's own business. */
export const adopting = {
  "fleet:adopt": true,
  "fleet:hostName": "fleet.example.com",
  "fleet:replicas": 2,
  "fleet:privateKeySecret": { secretName: "fleet-key", key: "key" },
  "fleet:vulnProcessing": undefined,
  "fleet:values": {
    resources: { requests: { cpu: "50m", memory: "32Mi" } },
    environments: { FLEET_LOGGING_TRACING_ENABLED: "false" },
  },
} as const;
