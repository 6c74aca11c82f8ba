import { type Json, parseJsonMembers } from "./json-members";
import { SecretText } from "./secret-text";

/** What goes into a docker config for one registry. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly email?: string;
}

/** One entry of a docker config that was read. */
export interface DockerConfigEntry {
  /** The key it stands under, as written. */
  readonly server: string;
  readonly username: string;
  readonly password: SecretText;
  readonly email: string;
}

/**
 * A pull Secret's content as the kubelet takes it. A `problem` is a clause that follows the Secret's name, and holds no
 * part of the content.
 */
export type DockerConfig<E = DockerConfigEntry> =
  | { readonly kind: "entries"; readonly entries: readonly E[] }
  /** The kubelet passes over this Secret. */
  | { readonly kind: "ignored"; readonly problem: string }
  /** The kubelet cannot read this Secret, and pulls nothing for a pod that names it. */
  | { readonly kind: "broken"; readonly problem: string };

/**
 * The content of a Secret of type `kubernetes.io/dockerconfigjson` for one registry. Same input, same text: the keys are
 * sorted, so that an unchanged credential makes no diff.
 */
export function dockerConfigJson(server: string, { username, password, email }: Login): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({
    auths: { [server]: { auth, ...(email === undefined ? {} : { email }), password, username } },
  });
}

/** A problem of the content; kept apart from other errors. */
class Broken extends Error {}

/** Field names match as in Go's encoding/json: without regard to case, and U+017F is an "s". */
function isField(name: string, field: string): boolean {
  return name === field || name.toLowerCase().replaceAll("\u017f", "s") === field.toLowerCase();
}

function members(value: Json, what: string): readonly (readonly [string, Json])[] {
  if (value.kind === "null") return [];
  if (value.kind !== "object") throw new Broken(`${what} is not an object`);
  return value.members;
}

/** Text fields of an object; of several of one name the last that is not null counts. */
function textFields<F extends string>(value: Json, fields: readonly F[], what: string): Partial<Record<F, string>> {
  const found: Partial<Record<F, string>> = {};
  for (const [name, field] of members(value, what)) {
    const known = fields.find((wanted) => isField(name, wanted));
    if (known === undefined || field.kind === "null") continue;
    if (field.kind !== "string") throw new Broken(`${what} has a ${known} that is not text`);
    found[known] = field.value;
  }
  return found;
}

/** `decodeDockerConfigFieldAuth`: padded or unpadded standard base64, line breaks allowed, of `username:password`. */
function decodeAuth(auth: string): readonly [string, string] | undefined {
  const text = auth.replace(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  if (text.endsWith("=") ? text.length % 4 !== 0 : text.length % 4 === 1) return undefined;
  const decoded = Buffer.from(text, "base64");
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : [decoded.subarray(0, colon).toString(), decoded.subarray(colon + 1).toString()];
}

function readEntry(server: string, value: Json, what: string): DockerConfigEntry {
  const {
    username = "",
    password = "",
    email = "",
    auth = "",
  } = textFields(value, ["username", "password", "email", "auth"], what);
  if (auth === "") return { server, username, password: new SecretText(password), email };
  const login = decodeAuth(auth);
  if (login === undefined) throw new Broken(`${what} has an auth that is not base64 of username:password`);
  return { server, username: login[0], password: new SecretText(login[1]), email };
}

function readEntries(value: Json, what: string, entries: Map<string, DockerConfigEntry>): void {
  members(value, what).forEach(([server, entry], i) => entries.set(server, readEntry(server, entry, `entry ${i + 1}`)));
}

/** Terraform, and `data` where `stringData` was meant: what is encoded is encoded once more. */
const isEncoded = (text: string): boolean =>
  parseJsonMembers(Buffer.from(text, "base64").toString())?.kind === "object";

function read(text: string, type: string): Iterable<DockerConfigEntry> {
  const json = parseJsonMembers(text);
  if (json === undefined) throw new Broken(`its content is ${isEncoded(text) ? "base64 twice over" : "not JSON"}`);
  const entries = new Map<string, DockerConfigEntry>();
  if (type === "kubernetes.io/dockercfg") {
    readEntries(json, "its content", entries);
    return entries.values();
  }
  for (const [name, value] of members(json, "its content")) {
    if (isField(name, "auths")) {
      if (value.kind === "null") entries.clear();
      readEntries(value, "auths", entries);
    } else if (isField(name, "HttpHeaders")) {
      for (const [, header] of members(value, "HttpHeaders")) {
        if (header.kind !== "string" && header.kind !== "null")
          throw new Broken("HttpHeaders has a value that is not text");
      }
    }
  }
  return entries.values();
}

/**
 * Reads the content of a pull Secret exactly as the kubelet does (kubernetes v1.36.2 `pkg/credentialprovider/config.go`,
 * `pkg/credentialprovider/secrets/secrets.go`): `auth` overrides username and password, an entry that is null is a
 * credential without username, and one malformed entry makes the whole content unreadable.
 *
 * @param text the decoded value of `.dockerconfigjson` or `.dockercfg`; `undefined` or empty when the Secret has none
 * @param type the Secret's type
 */
export function parseDockerConfigJson(text: string | undefined, type: string): DockerConfig {
  if (type !== "kubernetes.io/dockerconfigjson" && type !== "kubernetes.io/dockercfg") {
    return { kind: "ignored", problem: "is not of type kubernetes.io/dockerconfigjson" };
  }
  if (text === undefined || text === "") {
    return {
      kind: "ignored",
      problem: `has no ${type === "kubernetes.io/dockercfg" ? ".dockercfg" : ".dockerconfigjson"}`,
    };
  }
  try {
    return { kind: "entries", entries: [...read(text, type)] };
  } catch (error) {
    if (error instanceof Broken) return { kind: "broken", problem: `cannot be read by the kubelet: ${error.message}` };
    throw error;
  }
}
