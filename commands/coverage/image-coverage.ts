import { lookUpCredentials, type Candidate, type PullSecret } from "../../registry/keyring";
import { isIssue } from "../../registry/issue";
import type { Pod, PodImage, ServiceAccount } from "./pods";
import type { Account, NamedSecret } from "./secrets";

/** A credential that the kubelet tries. */
export interface TriedCredential {
  /** The key in the Secret's docker config, as written. */
  readonly registry: string;
  readonly secret: string;
  readonly username: string;
  /** One clause: `its key "ghcr.io" is the image's host`. */
  readonly why: string;
}

export type PullOutcome =
  /** The first of `credentials` is used. */
  | "credential"
  | "anonymous"
  /** A pull Secret that the kubelet cannot read: it pulls nothing for this pod. */
  | "broken"
  /** It depends on Secrets that could not be read here. */
  | "unknown"
  /** The kubelet does not take the image for a reference. */
  | "invalid";

/** What the kubelet does to pull one image of one pod. */
export interface ImageCoverage extends PodImage {
  readonly workload: string;
  readonly namespace: string;
  readonly outcome: PullOutcome;
  /** In the kubelet's order: the next one is tried where one is refused. Empty unless the outcome is `credential`. */
  readonly credentials: readonly TriedCredential[];
}

/** The pull Secrets of a pod, resolved. */
export interface PodSecrets {
  readonly pod: Pod;
  /** The names that count: the pod's own, or those of its ServiceAccount where it lists none. */
  readonly names: readonly string[];
  /** Of the ServiceAccount, but not used, since the pod has a list of its own. */
  readonly hidden: readonly string[];
  /** Those that exist and are known, in the pod's order. */
  readonly readable: readonly PullSecret<Account>[];
  /** Those that may exist, and hold anything. */
  readonly unread: readonly string[];
  readonly missing: readonly string[];
}

/** Which pull Secrets count for a pod. A Secret serves its own namespace only. */
export function resolveSecrets(
  pod: Pod,
  secrets: readonly NamedSecret[],
  serviceAccounts: readonly ServiceAccount[],
): PodSecrets {
  const own = pod.imagePullSecrets;
  const inherited = serviceAccounts
    .filter(({ namespace, name }) => namespace === pod.namespace && name === pod.serviceAccount)
    .flatMap(({ imagePullSecrets }) => imagePullSecrets);
  const names = own.length > 0 ? own : [...new Set(inherited)];
  const found = new Map(
    secrets.filter(({ namespace }) => namespace === pod.namespace).map((secret) => [secret.name, secret.config]),
  );
  return {
    pod,
    names,
    hidden: [...new Set(inherited)].filter((name) => !names.includes(name)),
    readable: names.flatMap((name) => {
      const config = found.get(name);
      return config === undefined || config.kind === "unread" ? [] : [{ name, config }];
    }),
    unread: names.filter((name) => found.get(name)?.kind === "unread"),
    missing: names.filter((name) => !found.has(name)),
  };
}

/** How each image of a pod is pulled. */
export function coverImages({ pod, readable, unread }: PodSecrets): readonly ImageCoverage[] {
  const { workload, namespace } = pod;
  return pod.images.map((image): ImageCoverage => {
    const lookup = lookUpCredentials(image.image, readable);
    const covered = (outcome: PullOutcome, credentials: readonly TriedCredential[] = []) => ({
      workload,
      namespace,
      ...image,
      outcome,
      credentials,
    });
    if (isIssue(lookup)) return covered("invalid");
    if (lookup.broken !== undefined) return covered("broken");
    if (lookup.candidates.length > 0) return covered("credential", lookup.candidates.map(tried));
    return covered(unread.length > 0 ? "unknown" : "anonymous");
  });
}

function tried({ entry, secret, why }: Candidate<Account>): TriedCredential {
  return { registry: entry.server, secret, username: entry.username, why };
}
