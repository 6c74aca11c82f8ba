import { shownKey } from "../../registry/shown-key";
import { asMap } from "../stack-file";
import { plainCredentials } from "./kubeconfig";
import { falseCiphertexts, plainPaths, privateKeyPaths, userInfoPaths } from "./plain-text";

/** A secret in plain text below a key. */
export interface PlainSecret {
  readonly kind: "value" | "misplaced" | "kubeconfig" | "user info" | "private key";
  /** Where it is, as a path below the key; of a kubeconfig, inside its content. */
  readonly place: string;
  /** The key, with its path, under which it is or belongs encrypted. */
  readonly key: string;
}

/**
 * Every secret in plain text in the value of one key.
 *
 * @param key with its namespace
 * @param secretKeys the keys that are to be encrypted, with their namespace
 */
export function plainSecrets(
  key: string,
  value: unknown,
  project: string,
  secretKeys: readonly string[],
): readonly PlainSecret[] {
  const isSecret = secretKeys.some((name) => key === name || key.startsWith(`${name}[`) || key.startsWith(`${name}.`));
  const plain = isSecret ? plainPaths(value) : falseCiphertexts(value);
  const values: readonly PlainSecret[] = [
    ...plain.map((place) => ({ kind: "value" as const, place, key: `${key}${place}` })),
    ...(key === `${project}:registries` ? registryPasswords(value, project) : []),
  ];
  const credentials = key === "kubernetes:kubeconfig" ? plainCredentials(value) : [];
  const others = (places: readonly string[]) =>
    places.filter((place) => !values.some((found) => found.place === place));
  return [
    ...values,
    ...credentials.map((place) => ({ kind: "kubeconfig" as const, place, key })),
    ...others(userInfoPaths(value)).map((place) => ({ kind: "user info" as const, place, key: `${key}${place}` })),
    ...others(privateKeyPaths(value)).map((place) => ({ kind: "private key" as const, place, key: `${key}${place}` })),
  ];
}

/** Settings that a registry does not have, but that people give it: they would be as readable as its username. */
function registryPasswords(registries: unknown, project: string): readonly PlainSecret[] {
  return Object.entries(asMap(registries)).flatMap(([server, settings]) =>
    Object.entries(asMap(settings))
      .filter(([name, value]) => /pass|pwd?$|token|secret|auth|key/i.test(name) && plainPaths(value).length > 0)
      .map(([name]) => ({
        kind: "misplaced",
        place: `[${shownKey(server)}]${/^\w+$/.test(name) ? `.${name}` : `[${shownKey(name)}]`}`,
        key: `${project}:registryPasswords[${shownKey(server)}]`,
      })),
  );
}
