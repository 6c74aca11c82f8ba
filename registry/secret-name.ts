import type { Issue } from "./issue";

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const form = 'use lower-case letters, digits, "-" and ".", with a letter or digit at both ends of every part';

/**
 * Whether Kubernetes takes it for the name of most objects: a DNS-1123 subdomain of at most 253 characters
 * (kubernetes `apimachinery/pkg/util/validation`, `IsDNS1123Subdomain`).
 */
export const isSubdomain = (name: string): boolean => name.length <= 253 && subdomain.test(name);

/** Checks the name of a Kubernetes Secret. */
export function checkSecretName(name: unknown): Issue | undefined {
  if (typeof name !== "string")
    return { code: "malformed", sentence: "is not text", fix: 'write the name of a Secret in quotes: "team-registry"' };
  if (name === "")
    return { code: "missing", sentence: "is empty", fix: "write the name of a Secret, or remove the entry" };
  if (name.length > 253)
    return { code: "malformed", sentence: "is longer than 253 characters", fix: "use a shorter name" };
  return isSubdomain(name)
    ? undefined
    : { code: "malformed", sentence: "is not a name that Kubernetes takes for a Secret", fix: form };
}

/** Checks a list of Secret names, such as `imagePullSecrets`: each name, and that none is there twice. */
export function checkSecretNames(path: string, names: readonly unknown[]): readonly Issue[] {
  return names.flatMap((name, i) => {
    const first = names.indexOf(name);
    const twice: Issue = {
      code: "duplicate",
      sentence: `names the same Secret as ${path}[${first}]`,
      fix: "keep one of the two",
    };
    const mistake = checkSecretName(name) ?? (first < i ? twice : undefined);
    return mistake === undefined ? [] : [{ place: `${path}[${i}]`, ...mistake }];
  });
}
