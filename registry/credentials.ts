import { by, checkEmail, checkExpires, checkPassword, checkUsername } from "./credential-fields";
import { dockerConfigJson } from "./docker-config";
import { nearest } from "./nearest";
import { isIssue, type Issue } from "./issue";
import { parseServer, secretNameSlug } from "./server";
import { shownKey } from "./shown-key";

/** One registry, checked; its password stays in the map that it came in, under `key`. */
export interface RegistryCredential {
  /** The server as the user wrote it. */
  readonly key: string;
  /** The key for the docker config (server.ts). */
  readonly server: string;
  /** The part of the Secret's name that stands for the server. */
  readonly slug: string;
  readonly username: string;
  readonly email?: string;
  /** The day the password expires, `YYYY-MM-DD`. */
  readonly expires?: string;
}

export interface CheckedRegistries {
  /** Those without a problem, sorted by server. */
  readonly registries: readonly RegistryCredential[];
  /** All issues, in a stable order; each path begins with `registries` or `passwords`. */
  readonly issues: readonly Issue[];
}

type Values = Readonly<Record<string, unknown>>;

const settings: readonly string[] = ["username", "email", "expires"];

/** What Kubernetes stores in one Secret at most, in bytes (kubernetes `pkg/apis/core/types.go`, `MaxSecretSize`). */
const maxSecretSize = 1_048_576;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How whoever gave the registries is told what to set. */
export interface RegistryWords {
  /** The command that sets the password of a key. @default none: the places say what to set */
  readonly setPassword?: (key: string) => string;
  /** Where Secrets that exist already are named. */
  readonly existing: string;
}

const argumentWords: RegistryWords = { existing: "existing" };

function unknownSetting(name: string, key: string, { setPassword }: RegistryWords): Issue {
  if (/^(pass(word|wd)?|pw|token|secret|auth)$/i.test(name)) {
    return {
      code: "unknown-key",
      sentence: "does not belong here",
      fix:
        setPassword === undefined
          ? `remove it and set passwords[${shownKey(key)}]`
          : `remove it and set the password as a secret: ${setPassword(key)}`,
    };
  }
  const meant = /^(user|login|account)$/i.test(name) ? "username" : nearest(name, settings);
  const fix = meant === undefined ? `use one of ${settings.join(", ")}` : `did you mean ${meant}?`;
  return { code: "unknown-key", sentence: "is not a setting of a registry", fix };
}

function checkEntry(key: string, entry: unknown, words: RegistryWords): readonly Issue[] {
  const path = `registries[${shownKey(key)}]`;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    const what =
      entry === null || entry === undefined
        ? "is empty"
        : Array.isArray(entry)
          ? "is a list, not a map"
          : "is not a map";
    return [{ place: path, code: "malformed", sentence: what, fix: "write it as { username: fleet-puller }" }];
  }
  const values: Values = { ...entry };
  // `email:` with nothing after it is as good as none.
  const optional = (name: string, check: (value: unknown) => Issue | undefined) =>
    values[name] === undefined || values[name] === null ? undefined : check(values[name]);
  const mistakes: readonly (readonly [string, Issue | undefined])[] = [
    ["username", checkUsername(values.username)],
    ["email", optional("email", checkEmail)],
    ["expires", optional("expires", checkExpires)],
    ...Object.keys(values)
      .filter((name) => !settings.includes(name))
      .sort(byText)
      .map((name) => [name, unknownSetting(name, key, words)] as const),
  ];
  return mistakes.flatMap(([name, mistake]) => {
    const place = /^\w+$/.test(name) ? `.${name}` : `[${shownKey(name)}]`;
    return mistake === undefined ? [] : [{ place: `${path}${place}`, ...mistake }];
  });
}

function checkSize(credential: RegistryCredential, password: string, words: RegistryWords): readonly Issue[] {
  const { key, server, username, email = "" } = credential;
  if (Buffer.byteLength(dockerConfigJson(server, { username, password, email })) <= maxSecretSize) return [];
  const problem = "makes a Secret of more than 1 MiB, which Kubernetes refuses";
  return [
    {
      place: `passwords[${shownKey(key)}]`,
      code: "malformed",
      sentence: problem,
      fix: by("set the password alone", words.setPassword?.(key)),
    },
  ];
}

/** Servers that are the same, or whose Secrets would have one name. */
function checkPairs(servers: readonly (readonly [string, string])[], { existing }: RegistryWords): readonly Issue[] {
  const seen = new Map<string, string>();
  const slugs = new Map<string, string>();
  return servers.flatMap(([key, server]) => {
    const path = `registries[${shownKey(key)}]`;
    const slug = secretNameSlug(server);
    const same = seen.get(server);
    const sameName = slugs.get(slug);
    seen.set(server, same ?? key);
    slugs.set(slug, sameName ?? key);
    if (same !== undefined) {
      return [
        {
          place: path,
          code: "duplicate",
          sentence: `is the same registry as ${shownKey(same)}, ${server}`,
          fix: "keep one of the two",
        },
      ];
    }
    if (sameName === undefined) return [];
    const fix = `keep one of the two, and put the other into a Secret of your own (${existing})`;
    return [
      { place: path, code: "duplicate", sentence: `has the same Secret name as ${shownKey(sameName)}, ${slug}`, fix },
    ];
  });
}

function checkUnlisted(keys: readonly string[], passwords: Values, words: RegistryWords): readonly Issue[] {
  const canonical = (key: string) => {
    const server = parseServer(key);
    return isIssue(server) ? undefined : server.canonical;
  };
  const unlisted = Object.keys(passwords).filter((key) => !keys.includes(key));
  return unlisted.sort(byText).map((key) => {
    const server = canonical(key);
    const meant = keys.find((listed) => server !== undefined && canonical(listed) === server) ?? nearest(key, keys);
    const path = `passwords[${shownKey(key)}]`;
    const fix =
      meant === undefined
        ? by("list it in registries, or remove it", words.setPassword?.(key).replace("set --secret", "rm"))
        : `write it as ${shownKey(meant)}, as registries does`;
    return { place: path, code: "malformed", sentence: "is for a registry that is not listed", fix };
  });
}

/**
 * Checks registries and their passwords together, before anything is made of them. All issues are found at once; no
 * password, and no part of one, is in any text.
 *
 * @param registries by server as users write servers: `{ username, email?, expires? }`
 * @param passwords by the same keys
 * @param words those of whoever gave them. @default those of arguments
 */
export function checkRegistries(
  registries: Values,
  passwords: Values,
  words: RegistryWords = argumentWords,
): CheckedRegistries {
  const keys = Object.keys(registries).sort(byText);
  const good: RegistryCredential[] = [];
  const servers: [string, string][] = [];
  const issues: Issue[] = [];
  for (const key of keys) {
    const found: Issue[] = [];
    const server = parseServer(key);
    if (isIssue(server)) found.push({ place: `registries[${shownKey(key)}]`, ...server });
    else servers.push([key, server.canonical]);
    found.push(...checkEntry(key, registries[key], words));
    const password = Object.hasOwn(passwords, key) ? passwords[key] : undefined;
    const mistake = checkPassword(password, words.setPassword?.(key));
    if (mistake !== undefined) found.push({ place: `passwords[${shownKey(key)}]`, ...mistake });

    if (found.length === 0 && !isIssue(server)) {
      const { username, email, expires } = registries[key] as {
        username: string;
        email?: string | null;
        expires?: string | null;
      };
      const credential = {
        key,
        server: server.canonical,
        slug: secretNameSlug(server.canonical),
        username,
        ...(typeof email === "string" ? { email } : {}),
        ...(typeof expires === "string" ? { expires } : {}),
      };
      found.push(...checkSize(credential, String(password), words));
      if (found.length === 0) good.push(credential);
    }
    issues.push(...found);
  }
  issues.push(...checkPairs(servers, words), ...checkUnlisted(keys, passwords, words));
  return { registries: good.sort((a, b) => byText(a.server, b.server)), issues };
}
