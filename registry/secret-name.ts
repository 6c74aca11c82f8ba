import type { Mistake, Problem } from "./problem";

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const form = 'use lower-case letters, digits, "-" and ".", with a letter or digit at both ends of every part';

/**
 * Checks the name of a Kubernetes Secret: a DNS-1123 subdomain of at most 253 characters
 * (kubernetes `apimachinery/pkg/util/validation`, `IsDNS1123Subdomain`).
 */
export function checkSecretName(name: unknown): Mistake | undefined {
  if (typeof name !== "string")
    return { problem: "is not text", fix: 'write the name of a Secret in quotes: "team-registry"' };
  if (name === "") return { problem: "is empty", fix: "write the name of a Secret, or remove the entry" };
  if (name.length > 253) return { problem: "is longer than 253 characters", fix: "use a shorter name" };
  return subdomain.test(name) ? undefined : { problem: "is not a name that Kubernetes takes for a Secret", fix: form };
}

/** Checks a list of Secret names, such as `imagePullSecrets`: each name, and that none is there twice. */
export function checkSecretNames(path: string, names: readonly unknown[]): readonly Problem[] {
  return names.flatMap((name, i) => {
    const first = names.indexOf(name);
    const twice = { problem: `names the same Secret as ${path}[${first}]`, fix: "keep one of the two" };
    const mistake = checkSecretName(name) ?? (first < i ? twice : undefined);
    return mistake === undefined ? [] : [{ path: `${path}[${i}]`, ...mistake }];
  });
}
