import { isKubeconfigContent } from "../../config/kubeconfig";
import { asMap, isMap, parseMap, type Entries } from "../stack-file";
import { plainPaths } from "./plain-text";

/** The fields of a user that are a credential themselves; others name a file or a command that has one. */
const credentials = ["token", "password", "client-key-data"];

/** The same of an `auth-provider`, which older versions of kubectl wrote. */
const providerCredentials = ["access-token", "id-token", "refresh-token", "client-secret"];

const listOf = (value: unknown): readonly Entries[] =>
  Array.isArray(value) ? (value as readonly unknown[]).map(asMap) : [];

/**
 * Where a value of `kubernetes:kubeconfig` has a credential in plain text: `users[0].user.token`. The path of a file has none.
 *
 * @returns a path that stands for the whole, empty, where it cannot be read and so may have one
 */
export function plainCredentials(kubeconfig: unknown): readonly string[] {
  const content = typeof kubeconfig === "string" ? contentOf(kubeconfig) : kubeconfig;
  if (content === undefined) return [];
  if (!isMap(content)) return plainPaths(content).slice(0, 1);
  if (content.secure !== undefined) return []; // encrypted as a whole
  return listOf(content.users).flatMap((entry, i) => {
    const user = asMap(entry.user);
    const { config } = asMap(user["auth-provider"]);
    const { env } = asMap(user.exec);
    return [
      ...plainFields(user, credentials, ""),
      ...plainFields(asMap(config), providerCredentials, "auth-provider.config."),
      ...listOf(env).flatMap(({ name, value }, j) =>
        isSecretName(String(name)) && plainPaths(value).length > 0 ? [`exec.env[${j}].value`] : [],
      ),
    ].map((field) => `users[${i}].user.${field}`);
  });
}

function contentOf(kubeconfig: string): unknown {
  if (!isKubeconfigContent(kubeconfig)) return undefined;
  const content = parseMap(kubeconfig, "");
  return typeof content === "string" ? kubeconfig : content;
}

const plainFields = (map: Entries, names: readonly string[], prefix: string): readonly string[] =>
  names.filter((name) => plainPaths(map[name]).length > 0).map((name) => `${prefix}${name}`);

/** Whether an environment variable of this name holds a secret, by the names that are usual. */
export const isSecretName = (name: string): boolean =>
  /(PASS(WORD|PHRASE|WD)?|SECRET|TOKEN|(ACCESS|PRIVATE|API|SECRET)_?KEY|CREDENTIALS?)$/i.test(name);
