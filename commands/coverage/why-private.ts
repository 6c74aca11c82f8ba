import { parseImageReference } from "../../registry/image-reference";
import { lookUpCredentials } from "../../registry/keyring";
import { isIssue } from "../../registry/issue";
import { isDeclaredPublic, isPublicRegistry } from "./known-registries";
import { asDockerHub, nearMiss } from "../../registry/near-miss";
import type { ImageCoverage, PodSecrets } from "./image-coverage";
import type { Account, NamedSecret } from "./secrets";

/** One key of one Secret. */
export interface SecretKey {
  readonly secret: NamedSecret;
  readonly entry: Account;
}

/** Every key of Secrets whose content is known. */
export function keysOf(secrets: readonly NamedSecret[]): readonly SecretKey[] {
  return secrets.flatMap((secret) =>
    secret.config.kind === "entries" ? secret.config.entries.map((entry) => ({ secret, entry })) : [],
  );
}

/** Whether the kubelet would try a key for an image, if the pod listed its Secret alone. */
export function matches({ secret: { name }, entry }: SecretKey, image: string): boolean {
  const lookup = lookUpCredentials(image, [{ name, config: { kind: "entries", entries: [entry] } }]);
  return !isIssue(lookup) && lookup.candidates.length > 0;
}

/** Why an image that is pulled anonymously needs a credential. */
export interface WhyPrivate {
  readonly cause: string;
  readonly fix: string;
  /** Whether someone meant it to have one: otherwise it may be public, or the nodes may have a credential of their own. */
  readonly isCertain: boolean;
}

/**
 * Why an image that is pulled anonymously needs a credential; `undefined` where it may well be public.
 *
 * It certainly does when a pull Secret has a key that matches it, when one has a key that nearly matches it, or when the pod lists a Secret
 * that is not there. On a registry that serves public images to everyone, a key nearly matches only where it matches
 * nothing else either, and so can only be meant for it. Where nobody listed the registry, and it is none of those, it may
 * need one. Declared public, it needs none.
 *
 * @param images all images, of all pods
 */
export function whyPrivate(
  { image }: ImageCoverage,
  pod: PodSecrets,
  secrets: readonly NamedSecret[],
  images: readonly string[],
  declaredPublic: readonly string[],
): WhyPrivate | undefined {
  const reference = parseImageReference(image);
  if (isIssue(reference)) return undefined;
  const { registry, name } = reference;
  if (isDeclaredPublic(name, declaredPublic)) return undefined;
  const keys = keysOf(secrets);

  const unlisted = keys.filter((key) => matches(key, image));
  const [nearest] = unlisted.sort((a, b) => distance(a, pod) - distance(b, pod));
  if (nearest !== undefined) return notListed(nearest, pod);

  const misses = keys.flatMap((key) => {
    const miss = nearMiss(key.entry.server, name);
    return miss === undefined ? [] : [{ ...miss, key }];
  });
  const isMeant = misses.some(({ key, sameRegistry }) => sameRegistry && !images.some((other) => matches(key, other)));
  if (isPublicRegistry(registry) && !isMeant) return undefined;
  if (misses.length > 0) {
    const hub = asDockerHub(reference);
    const fix = hub === undefined ? `write the key as "${registry}"` : `write the image as ${hub}`;
    const causes = misses.map(({ key, why }) => `the key ${keyText(key)} ${why}`);
    return { isCertain: true, cause: causes.join(", and "), fix };
  }
  if (pod.missing.length > 0) {
    const [which, it] = pod.missing.length === 1 ? ["the Secret", "does"] : ["the Secrets", "do"];
    const cause = `${which} ${pod.missing.join(", ")} that it lists ${it} not exist`;
    return { isCertain: true, cause, fix: `make a pull Secret with a key for ${registry}` };
  }
  const fix = `add ${registry} to the registries of the stack, or declare it public`;
  return { isCertain: false, cause: `no pull Secret has a key for ${registry}`, fix };
}

/** What is easiest to correct comes first. */
function distance({ secret }: SecretKey, { pod, hidden }: PodSecrets): number {
  if (secret.namespace !== pod.namespace) return 2;
  return hidden.includes(secret.name) ? 0 : 1;
}

function notListed({ secret, entry }: SecretKey, { pod, names, hidden }: PodSecrets): WhyPrivate {
  const { name, namespace, isNameGenerated = false } = secret;
  if (namespace !== pod.namespace) {
    const cause = `the Secret ${name} with the key "${entry.server}" is in the namespace ${namespace}, and serves that one only`;
    return { isCertain: true, cause, fix: `make it in ${pod.namespace} too` };
  }
  const lists = names.length === 0 ? "lists no pull Secret" : `lists only ${names.join(", ")}`;
  const why = hidden.includes(name)
    ? `${lists}, so that of its ServiceAccount ${pod.serviceAccount} is not used`
    : lists;
  const fix = isNameGenerated
    ? `list a Secret with the key "${entry.server}" in its imagePullSecrets that keeps its name, unlike ${name}`
    : `list ${name} in its imagePullSecrets, which has the key "${entry.server}"`;
  return { isCertain: true, cause: `the pod ${why}`, fix };
}

/** A key and where it is. */
export const keyText = ({ secret, entry }: SecretKey): string => `"${entry.server}" of the Secret ${secret.name}`;
