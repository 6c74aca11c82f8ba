import { shownKey } from "../../registry/shown-key";
import { asMap, isMap, isSecure } from "../stack-file";

/**
 * Where a value or a part of it is what is searched for, as paths below it: `["ghcr.io"][0]`.
 *
 * @param test yes, no, or nothing where its parts are to be looked at
 */
export function pathsWhere(
  value: unknown,
  test: (part: unknown) => boolean | undefined,
  testKey: (key: string) => boolean = () => false,
): readonly string[] {
  const verdict = test(value);
  if (verdict !== undefined) return verdict ? [""] : [];
  const within = (part: unknown, step: string) => pathsWhere(part, test, testKey).map((rest) => `${step}${rest}`);
  if (Array.isArray(value)) return value.flatMap((item, i) => within(item, `[${i}]`));
  return Object.entries(asMap(value)).flatMap(([key, inner]) => {
    const step = `[${shownKey(key)}]`;
    return [...(testKey(key) ? [step] : []), ...within(inner, step)];
  });
}

/** Where a value has plain text in it. What is empty is not set. */
export function plainPaths(value: unknown): readonly string[] {
  return pathsWhere(value, (part) => {
    if (part === undefined || part === null || part === "" || isEncrypted(part)) return false;
    return Array.isArray(part) || isMap(part) ? undefined : true;
  });
}

/**
 * Ciphertext as Pulumi writes it: `v1:`, a nonce of 12 bytes and the rest (passphrase, KMS, Vault), or base64 alone, which
 * begins with three bytes for its version (Pulumi Cloud). Plain text after `secure:` is a secret in plain text too, and
 * many tokens are base64 or hexadecimal themselves.
 */
const ciphertext = /^(v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/]{22,}={0,2}|AAAB[A-Za-z0-9+/]{32,}={0,2})$/;

const isEncrypted = (value: unknown): boolean => isSecure(value) && ciphertext.test(String(asMap(value).secure));

/** Where `secure:` has something else than ciphertext. */
export function falseCiphertexts(value: unknown): readonly string[] {
  return pathsWhere(value, (part) => (isSecure(part) ? !isEncrypted(part) : undefined));
}

/** `scheme://user:password@`, and for what is asked over HTTP `scheme://token@`: a name alone is no secret elsewhere. */
const userInfo = /\b([a-z][a-z0-9+.-]*):\/\/([^\s/?#@:]*)(:([^\s/?#@]*))?@/gi;

/** What some other program puts in, such as `$(PASSWORD)` in a container's environment, and what is masked. */
const isReference = (text: string): boolean => /^(\$\(\w+\)|\$\{[\w.]+\}|\$\w+|\*+)$/.test(text);

function hasUserInfo(text: string): boolean {
  return [...text.matchAll(userInfo)].some(([, scheme = "", user = "", , password]) => {
    if (password !== undefined && password !== "") return !isReference(password);
    return /^(https?|oci)$/i.test(scheme) && user !== "" && !isReference(user);
  });
}

/** Where a value or a key of a map is or has a URL with user info. */
export function userInfoPaths(value: unknown): readonly string[] {
  return pathsWhere(value, (part) => (typeof part === "string" ? hasUserInfo(part) : undefined), hasUserInfo);
}

/** Where a value is or has a private key in PEM form, a JSON key file's among them; not one that has a passphrase. */
export function privateKeyPaths(value: unknown): readonly string[] {
  return pathsWhere(value, (part) =>
    typeof part === "string" ? /-----BEGIN ((RSA|EC|DSA|OPENSSH) )?PRIVATE KEY-----/.test(part) : undefined,
  );
}
