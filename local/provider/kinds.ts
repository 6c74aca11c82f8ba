/** One kind of Kubernetes object that the stand-in serves. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in a URL. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Top-level fields that a program may set, beside `apiVersion`, `kind` and `metadata`. */
  readonly fields: readonly string[];
  /** Fields whose change means a new object, as the official provider has them (its provider/pkg/provider/diff.go). */
  readonly replacing: readonly string[];
}

const labelSelector = ["spec.selector", "spec.selector.matchExpressions", "spec.selector.matchLabels"];

const kinds: Readonly<Record<string, Kind>> = {
  "kubernetes:core/v1:Namespace": {
    apiVersion: "v1",
    kind: "Namespace",
    plural: "namespaces",
    namespaced: false,
    fields: ["spec"],
    replacing: [],
  },
  "kubernetes:core/v1:Secret": {
    apiVersion: "v1",
    kind: "Secret",
    plural: "secrets",
    namespaced: true,
    fields: ["data", "immutable", "stringData", "type"],
    replacing: ["type", "stringData", "data"],
  },
  "kubernetes:core/v1:ConfigMap": {
    apiVersion: "v1",
    kind: "ConfigMap",
    plural: "configmaps",
    namespaced: true,
    fields: ["binaryData", "data", "immutable"],
    replacing: ["binaryData", "data"],
  },
  "kubernetes:core/v1:Service": {
    apiVersion: "v1",
    kind: "Service",
    plural: "services",
    namespaced: true,
    fields: ["spec"],
    replacing: ["spec.clusterIP"],
  },
  "kubernetes:batch/v1:Job": {
    apiVersion: "batch/v1",
    kind: "Job",
    plural: "jobs",
    namespaced: true,
    fields: ["spec"],
    replacing: ["spec.completions", "spec.parallelism", "spec.template", ...labelSelector],
  },
  "kubernetes:apps/v1:StatefulSet": {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    plural: "statefulsets",
    namespaced: true,
    fields: ["spec"],
    replacing: [
      "spec.podManagementPolicy",
      "spec.revisionHistoryLimit",
      "spec.serviceName",
      "spec.volumeClaimTemplates",
      ...labelSelector,
    ],
  },
};

/** The kind of a resource's type token. Throws for one that the stand-in does not serve. */
export function kindOf(type: string): Kind {
  const kind = kinds[type];
  if (kind) return kind;
  throw new Error(`the stand-in provider does not serve ${type}; install the official Kubernetes plugin to use it`);
}

/** The path of an object in the API, or of its collection when `name` is left out. */
export function apiPath(kind: Kind, namespace: string, name?: string): string {
  const root = kind.apiVersion === "v1" ? "/api/v1" : `/apis/${kind.apiVersion}`;
  const within = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace || "default")}` : "";
  return `${root}${within}/${kind.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
