import { flattenLists, podTemplatesIn, type Container, type PodSpec, type PodTemplate } from "./pod-templates";

/** One image that the kubelet pulls for a pod. */
export interface PodImage {
  /** The container's name, or the image volume's. */
  readonly container: string;
  readonly role: "container" | "init container" | "sidecar" | "image volume";
  readonly image: string;
}

/** What decides with which credentials a pod's images are pulled. */
export interface Pod {
  /** `Deployment/fleet` */
  readonly workload: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The pull Secrets that it lists itself. */
  readonly imagePullSecrets: readonly string[];
  readonly images: readonly PodImage[];
}

/** A ServiceAccount, whose pull Secrets serve the pods that list none. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly imagePullSecrets: readonly string[];
}

/**
 * Every pod that objects make, with each image it pulls: of containers, init containers, sidecars (init containers that
 * restart always) and image volumes. Ephemeral containers are no part of a manifest: someone adds them to a pod that runs.
 *
 * @param namespace the one of objects that name none
 */
export function podsIn(manifests: readonly unknown[], namespace: string): readonly Pod[] {
  return podTemplatesIn(manifests).map((template) => readPod(template, namespace));
}

function readPod({ workload, namespace, spec }: PodTemplate, byDefault: string): Pod {
  const { serviceAccount } = spec as { readonly serviceAccount?: string }; // the older name of the same field
  return {
    workload,
    namespace: namespace ?? byDefault,
    serviceAccount: spec.serviceAccountName || serviceAccount || "default",
    imagePullSecrets: namesIn(spec.imagePullSecrets),
    images: [
      ...imagesOf(spec.initContainers, ({ restartPolicy }) =>
        restartPolicy === "Always" ? "sidecar" : "init container",
      ),
      ...imagesOf(spec.containers, () => "container"),
      ...asList(spec.volumes).flatMap(({ name, image }): PodImage[] =>
        typeof image?.reference === "string" ? [{ container: name, role: "image volume", image: image.reference }] : [],
      ),
    ],
  };
}

function imagesOf(
  containers: PodSpec["initContainers"],
  roleOf: (container: Container) => PodImage["role"],
): readonly PodImage[] {
  return asList(containers).flatMap((container) =>
    typeof container.image === "string"
      ? [{ container: container.name, role: roleOf(container), image: container.image }]
      : [],
  );
}

/** The ServiceAccounts among objects. */
export function serviceAccountsIn(manifests: readonly unknown[], namespace: string): readonly ServiceAccount[] {
  return flattenLists(manifests).flatMap((manifest) => {
    const { kind, metadata, imagePullSecrets } = manifest as typeof manifest & { readonly imagePullSecrets?: unknown };
    if (kind !== "ServiceAccount" || metadata?.name === undefined) return [];
    return [
      {
        namespace: metadata.namespace ?? namespace,
        name: metadata.name,
        imagePullSecrets: namesIn(imagePullSecrets),
      },
    ];
  });
}

/** The maps in a list of them. Nobody has checked a custom resource's fields, and a chart may print a key or an item alone. */
const asList = <T>(list: readonly T[] | null | undefined): readonly T[] =>
  Array.isArray(list) ? (list as readonly T[]).filter((item) => typeof item === "object" && item !== null) : [];

/** Kubernetes keeps a name once, and passes over an empty one. */
function namesIn(references: unknown): readonly string[] {
  const list = Array.isArray(references) ? (references as readonly { readonly name?: unknown }[]) : [];
  const names = list.flatMap((reference) => {
    const name = reference?.name;
    return typeof name === "string" && name !== "" ? [name] : [];
  });
  return [...new Set(names)];
}
