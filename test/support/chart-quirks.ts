import { strict as assert } from "node:assert";
import type { Manifest, NamedSecret } from "../../commands/coverage";

export type Values = Readonly<Record<string, unknown>>;

const registry = "registry.example.com";
/** Values of every row: Fleet from a private registry. */
export const ownValues = { imageRepository: `${registry}/fleetdm/fleet`, imagePullSecrets: [{ name: "registry" }] };

/** The pull Secret that there is. */
export const secret: NamedSecret = {
  namespace: "fleet",
  name: "registry",
  config: { kind: "entries", entries: [{ server: registry, username: "puller" }] },
};

/** As this program writes it, with the deadline of a run. */
const dedicated = { dedicated: true, schedule: "0 * * * * # activeDeadlineSeconds: 5400" };
const cas = { additionalCAs: { enabled: true, configMaps: [{ name: "company-ca" }] } };
const toStdout = { logging: { statusPlugin: "stdout", resultPlugin: "stdout" } };
const model = { name: "model", image: { reference: `${registry}/tools/model:1` } };
const extra = { extraVolumes: [model], extraVolumeMounts: [{ name: "model", mountPath: "/model" }] };
const bare = { fleet: { tls: { enabled: false }, ...extra }, osquery: toStdout };

const deployment = `Deployment/fleet fleet: ${registry} puller`;
const cronJob = `CronJob/fleet-vulnprocessing fleet-vulnprocessing: ${registry} puller`;
const migration = `Job/fleet-migration fleet-migration: ${registry} puller`;
const mounted = `Deployment/fleet model (image volume): ${registry} puller`;
const ownPulls = [deployment, migration];

/** A field of an object, by kind, name and the path below it. */
function field(manifests: readonly Manifest[], kind: string, name: string, ...keys: readonly (string | number)[]) {
  const found = manifests.find((one) => one.kind === kind && one.metadata?.name === name);
  assert.ok(found !== undefined, `no ${kind} ${name}`);
  return keys.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], found);
}

const pod = ["spec", "template", "spec"];
const unlisted = (workload: string, image: string, lists = "lists no pull Secret") =>
  `${workload}: ${image} is private, and is pulled anonymously: the pod ${lists}; list registry in its imagePullSecrets, which has the key "${registry}"`;

interface Quirk {
  readonly values: Values;
  readonly pulled: readonly string[];
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
  /** What shows that the chart does this at all. */
  readonly shape?: (manifests: readonly Manifest[]) => void;
  /** Fleet's container gets its /tmp from the post-renderer. */
  readonly lacksTmp?: boolean;
}

const mysql = (image: object) => ({ mysql: { enabled: true, image } });
const valkey = (lists: Values) => ({ redis: { enabled: true }, ...lists });
const valkeyImage = { image: { registry, repository: "valkey/valkey", tag: "9.0.1" } };
const valkeyPulls = (outcome: string) => [
  `Deployment/fleet-valkey fleet-valkey-init (init container): ${outcome}`,
  `Deployment/fleet-valkey fleet-valkey: ${outcome}`,
];
const valkeyContainers = "Deployment/fleet-valkey fleet-valkey-init, Deployment/fleet-valkey fleet-valkey";
const asMap = "is a map that the chart takes for a name; list the name alone in that value: registry";

/** What Fleet's chart does and few others do, by what it is. */
export const quirks: Readonly<Record<string, Quirk>> = {
  "lists that are null": {
    values: { vulnProcessing: dedicated },
    pulled: [cronJob, ...ownPulls],
    shape: (manifests) => {
      assert.equal(field(manifests, "Deployment", "fleet", ...pod, "initContainers"), null);
      const inCronJob = ["spec", "jobTemplate", ...pod];
      assert.equal(field(manifests, "CronJob", "fleet-vulnprocessing", ...inCronJob, "initContainers"), null);
      assert.equal(field(manifests, "Job", "fleet-migration", ...pod, "volumes"), null);
      assert.equal(field(manifests, "Job", "fleet-migration", ...pod, "containers", 0, "volumeMounts"), null);
      for (const [kind, name, at] of [
        ["Deployment", "fleet", pod],
        ["CronJob", "fleet-vulnprocessing", inCronJob],
      ] as const) {
        const tmp = (field(manifests, kind, name, ...at, "volumes") as Values[]).find((one) => one.name === "tmp");
        assert.deepEqual(tmp, { name: "tmp", emptyDir: null });
      }
    },
  },
  "an init container that installs CAs, in Fleet's own image": {
    values: { fleet: cas, vulnProcessing: dedicated },
    pulled: [
      `CronJob/fleet-vulnprocessing install-trusted-cas (init container): ${registry} puller`,
      cronJob,
      `Deployment/fleet install-trusted-cas (init container): ${registry} puller`,
      ...ownPulls,
    ],
    shape: (manifests) => {
      const command = field(manifests, "Deployment", "fleet", ...pod, "initContainers", 0, "command", 2);
      assert.match(String(command), /^(set -e\n)?apk add /);
    },
  },
  "extra volumes beside the certificate": {
    values: { fleet: extra, osquery: toStdout },
    pulled: [mounted, ...ownPulls],
  },
  "extra volumes beside the logs": {
    values: { fleet: { ...extra, tls: { enabled: false } } },
    pulled: [mounted, ...ownPulls],
  },
  "extra volumes beside the database's certificate": {
    values: { ...bare, database: { tls: { enabled: true } } },
    pulled: [mounted, ...ownPulls],
  },
  "extra volumes that are dropped": {
    values: bare,
    lacksTmp: true,
    pulled: ownPulls,
    shape: (manifests) => {
      assert.equal(field(manifests, "Deployment", "fleet", ...pod, "volumes"), undefined);
      assert.equal(field(manifests, "Deployment", "fleet", ...pod, "containers", 0, "volumeMounts"), undefined);
    },
  },
  "a Role that names every Secret, in an API group that does not exist": {
    values: {},
    pulled: ownPulls,
    shape: (manifests) => {
      const rule = field(manifests, "Role", "fleet", "rules", 0) as Values;
      assert.deepEqual(rule.apiGroups, ["core"]);
      assert.deepEqual(rule.resourceNames, ["mysql", "redis", "fleet", "osquery", "registry"]);
    },
  },
  "one annotation of the ServiceAccount": {
    values: { serviceAccountAnnotations: { one: "1" }, gke: { workloadIdentityEmail: "fleet@example.com" } },
    pulled: ownPulls,
    shape: (manifests) => {
      const annotations = field(manifests, "ServiceAccount", "fleet", "metadata", "annotations") as Values;
      assert.equal(annotations.one, "1");
      assert.equal(annotations["iam.gke.io/gcp-service-account"], "fleet@example.com");
    },
  },
  "more annotations than one, which become fields of the metadata": {
    values: { serviceAccountAnnotations: { one: "1", three: "3", two: "2" } },
    pulled: ownPulls,
    shape: (manifests) => {
      const metadata = field(manifests, "ServiceAccount", "fleet", "metadata") as Values;
      const annotations = metadata.annotations as Values;
      assert.deepEqual([annotations.one, annotations.three, annotations.two], ["1", undefined, undefined]);
      assert.deepEqual([metadata.name, metadata.three, metadata.two], ["fleet", "3", "2"]);
    },
  },
  "an Ingress and a certificate without a namespace": {
    values: { ingress: { enabled: true }, gke: { ingress: { useManagedCertificate: true } } },
    pulled: ownPulls,
    shape: (manifests) => {
      assert.equal(field(manifests, "Ingress", "fleet", "metadata", "namespace"), undefined);
      assert.equal(field(manifests, "ManagedCertificate", "fleet", "metadata", "namespace"), undefined);
      const labels = field(manifests, "Ingress", "fleet", "metadata", "labels") as Values;
      assert.deepEqual(Object.keys(labels).sort(), [
        "app.kubernetes.io/instance",
        "app.kubernetes.io/managed-by",
        "app.kubernetes.io/name",
        "app.kubernetes.io/version",
        "helm.sh/chart",
      ]);
    },
  },
  "a MySQL of its own, from a public registry": {
    values: { mysql: { enabled: true } },
    pulled: [...ownPulls, "StatefulSet/fleet-mysql mysql: anonymous"],
    shape: (manifests) => {
      assert.equal(field(manifests, "StatefulSet", "fleet-mysql", ...pod, "containers", 0, "image"), "mysql:8.4");
      assert.equal(field(manifests, "StatefulSet", "fleet-mysql", ...pod, "serviceAccountName"), undefined);
      for (const kind of ["Secret", "Service"]) field(manifests, kind, "fleet-mysql");
      assert.equal(field(manifests, "Job", "fleet-migration", "metadata", "annotations"), null, "a plain Job");
    },
  },
  "a MySQL of its own, which no value gives a pull Secret": {
    values: mysql({ repository: `${registry}/library/mysql` }),
    pulled: [...ownPulls, "StatefulSet/fleet-mysql mysql: anonymous"],
    problems: [unlisted("StatefulSet/fleet-mysql mysql", `${registry}/library/mysql:8.4`)],
  },
  "a Valkey of its own, from a public registry": {
    values: valkey({}),
    pulled: [...valkeyPulls("anonymous"), ...ownPulls],
    shape: (manifests) => {
      const image = "docker.io/valkey/valkey:9.0.1";
      for (const list of ["initContainers", "containers"]) {
        assert.equal(field(manifests, "Deployment", "fleet-valkey", ...pod, list, 0, "image"), image);
      }
      assert.equal(field(manifests, "Deployment", "fleet-valkey", ...pod, "serviceAccountName"), "fleet-valkey");
      for (const kind of ["ServiceAccount", "Service"]) field(manifests, kind, "fleet-valkey");
    },
  },
  "a Valkey of its own, which Fleet's list does not reach": {
    values: valkey({ valkey: valkeyImage }),
    pulled: [...valkeyPulls("anonymous"), ...ownPulls],
    problems: [unlisted(valkeyContainers, `${registry}/valkey/valkey:9.0.1`)],
  },
  "Valkey's list, of names": {
    values: valkey({ valkey: { ...valkeyImage, imagePullSecrets: ["registry"] } }),
    pulled: [...valkeyPulls(`${registry} puller`), ...ownPulls],
  },
  "the global list, of names": {
    values: valkey({ valkey: valkeyImage, global: { imagePullSecrets: ["registry"] } }),
    pulled: [...valkeyPulls(`${registry} puller`), ...ownPulls],
  },
  "Valkey's list, of maps": {
    values: valkey({ valkey: { ...valkeyImage, imagePullSecrets: [{ name: "registry" }] } }),
    pulled: [...valkeyPulls("anonymous"), ...ownPulls],
    problems: [unlisted(valkeyContainers, `${registry}/valkey/valkey:9.0.1`, "lists only map[name:registry]")],
    warnings: [`Deployment/fleet-valkey: the pod lists the Secret map[name:registry], which ${asMap}`],
  },
  "the global list, of maps, beside Valkey's own": {
    values: valkey({
      valkey: { ...valkeyImage, imagePullSecrets: ["registry"] },
      global: { imagePullSecrets: [{ name: "registry" }] },
    }),
    pulled: [...valkeyPulls(`${registry} puller`), ...ownPulls],
    warnings: [`Deployment/fleet-valkey: the pod lists the Secret map[name:registry], which ${asMap}`],
  },
};
