/** A Kubernetes object as it is in a manifest. */
export interface Manifest {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>> | null;
  };
}

/** What a pod runs. Fields as in a pod spec; all others are there too. A list is null where a chart prints its key alone. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[] | null;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[] | null;
  readonly volumes?:
    | readonly {
        readonly name: string;
        readonly image?: { readonly reference?: string };
        readonly secret?: { readonly secretName: string };
      }[]
    | null;
}

export interface Container {
  readonly name: string;
  /** Missing in a custom resource whose controller fills it in. */
  readonly image?: string;
  /** `Always` makes a sidecar of an init container. */
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
}

/** A pod, or what an object makes pods from. */
export interface PodTemplate {
  /** `Deployment/fleet`; where an object has several, with the place of each: `Database/main (spec.backup.podTemplate)`. */
  readonly workload: string;
  /** The object's namespace, where it says one. */
  readonly namespace?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const asObject = (value: unknown): Fields => (isObject(value) ? value : {});

const isContainers = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isObject);

/** Only what has containers can be a pod: `containers` and `initContainers` are lists of maps. */
const isPodSpec = (value: Fields): boolean => isContainers(value.containers) || isContainers(value.initContainers);

/** The objects in it, without the lists (`kind: List`, `PodList`) that they may be in. */
export function flattenLists(manifests: readonly unknown[]): readonly Manifest[] {
  return manifests.flatMap((manifest) => {
    if (!isObject(manifest)) return [];
    const { kind, items } = manifest;
    if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [manifest];
    const itemKind = kind.slice(0, -"List".length);
    // A typed list leaves out what its items are.
    return flattenLists(
      items.filter(isObject).map((item) => ({ ...(itemKind !== "" && { kind: itemKind }), ...item })),
    );
  });
}

/**
 * Every pod template at any depth of any object. Found by shape and not by kind, so that Jobs in CronJobs, hooks, bare
 * pods and the custom resources of operators are found as well as Deployments.
 */
export function podTemplatesIn(manifests: readonly unknown[]): readonly PodTemplate[] {
  return flattenLists(manifests).flatMap((manifest) => {
    const found = podSpecsIn(manifest, [], {});
    const name = `${manifest.kind ?? "Object"}/${manifest.metadata?.name ?? "?"}`;
    const { namespace } = manifest.metadata ?? {};
    return found.map(({ path, annotations, spec }) => ({
      workload: found.length === 1 ? name : `${name} (${path.join(".")})`,
      ...(namespace !== undefined && { namespace }),
      annotations,
      spec,
    }));
  });
}

interface Found {
  readonly path: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** @param parent the object that this value is a field of: a template's annotations are beside its spec */
function podSpecsIn(value: unknown, path: readonly string[], parent: Fields): readonly Found[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => podSpecsIn(item, [...path, String(i)], {}));
  if (!isObject(value)) return [];
  const here = isPodSpec(value);
  const deeper = Object.entries(value).flatMap(([key, child]) =>
    here && ["containers", "initContainers", "ephemeralContainers"].includes(key)
      ? []
      : podSpecsIn(child, [...path, key], value),
  );
  if (!here) return deeper;
  const annotations = asObject(asObject(parent.metadata).annotations) as Readonly<Record<string, string>>;
  const spec = { ...value, containers: Array.isArray(value.containers) ? value.containers : [] } as unknown as PodSpec;
  return [{ path, annotations, spec }, ...deeper];
}
