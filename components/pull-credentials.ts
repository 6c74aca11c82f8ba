import * as pulumi from "@pulumi/pulumi";
import { checkRegistries, type RegistryCredential } from "../registry/credentials";
import type { Login } from "../registry/docker-config";
import type { Issue } from "../registry/issue";
import { checkSecretNames } from "../registry/secret-name";
import type { ImagePullSecretsArgs, Registry } from "./image-pull-secrets-args";
import { asObject, isLater, isObject } from "./plain-values";
import { refuse } from "./user-error";

const unknownServers: Issue = {
  code: "malformed",
  place: "registries",
  sentence: "is an output, but its keys decide which Secrets are made",
  fix: "write the servers as plain keys; usernames and passwords may be outputs",
};

const unknownExisting: Issue = {
  code: "malformed",
  place: "existing",
  sentence: "is an output, but its length decides what pods list",
  fix: "write a plain list; names and revisions may be outputs",
};

const noMap = (place: string, fix: string): Issue => ({ code: "malformed", place, sentence: "is not a map", fix });

/** A text has keys too, one for each letter: what is wrong with them would tell how long the password is. */
const passwordsNoMap = noMap("passwords", "give each password by its server, as registries does");

type Credentials = Pick<ImagePullSecretsArgs, "registries" | "passwords" | "existing">;

/** What can be told before anything is made: outputs are left out, or stand as text that is none. */
export function checkPullSecrets(args: Credentials): readonly Issue[] {
  const registries: unknown = args.registries ?? {};
  const passwords: unknown = args.passwords ?? {};
  const existing: unknown = args.existing ?? [];
  const later = [...(isLater(registries) ? [unknownServers] : []), ...(isLater(existing) ? [unknownExisting] : [])];
  if (later.length > 0) return later;
  if (!isObject(registries))
    return [noMap("registries", 'write it by server: { "registry.example.com": { username: fleet-puller } }')];
  if (!isLater(passwords) && !isObject(passwords)) return [passwordsNoMap];
  const given = isLater(passwords) ? placeholders(registries) : asObject(passwords);
  const byServer = Object.entries(given).map(([key, value]) => [key, isLater(value) ? "-" : value]);
  return [
    ...checkRegistries(known(registries), Object.fromEntries(byServer) as Record<string, unknown>).issues,
    ...checkExisting(existing),
  ];
}

/** The names that are known by now. */
function checkExisting(existing: unknown): readonly Issue[] {
  const place = "existing";
  const fix = "write it as {name: team-registry}";
  if (!Array.isArray(existing))
    return [{ code: "malformed", place, sentence: "is not a list", fix: `${fix} in a list` }];
  const formless = existing.flatMap((item: unknown, i): Issue[] => {
    if (isLater(item) || isObject(item)) return [];
    return [{ code: "malformed", place: `${place}[${i}]`, sentence: "is not of the form {name: SECRET}", fix }];
  });
  if (formless.length > 0) return formless;
  const names = existing.map((item: unknown, i) => {
    const name = isLater(item) ? item : asObject(item).name;
    return isLater(name) ? `not-known-yet-${i}` : name;
  });
  return checkSecretNames(place, names);
}

/** The registries that a Secret is made for. */
export const madeFor = (registries: Readonly<Record<string, Registry>>): readonly RegistryCredential[] =>
  checkRegistries(known(registries), placeholders(registries)).registries;

/** What stands in one Secret. Of each registry by itself: what is not known yet of one leaves the preview of another as it is. */
export function credential(
  made: RegistryCredential,
  { registries = {}, passwords = {} }: Credentials,
): pulumi.Output<RegistryCredential & Login> {
  const { key } = made;
  const password = isLater(passwords)
    ? pulumi.output(passwords).apply((all: unknown) => {
        // Of another stack's output that is not there, nothing comes.
        const given = all ?? {};
        refuse(isObject(given) ? checkRegistries(known(registries), given).issues : [passwordsNoMap]);
        return asObject(given)[key] as string | undefined;
      })
    : pulumi.output((passwords as Readonly<Record<string, pulumi.Input<string>>>)[key]);
  return pulumi.all([pulumi.output(registries[key]), pulumi.secret(password)]).apply(([registry, password = ""]) => {
    const { registries: checked, issues } = checkRegistries({ [key]: registry }, { [key]: password });
    refuse(issues);
    return { ...made, ...checked[0], password };
  });
}

/** Registries with a username that is none in the place of one that is an output. */
function known(registries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fields = (registry: object) =>
    Object.entries(registry).flatMap(([name, value]: [string, unknown]) => {
      if (!isLater(value)) return [[name, value] as const];
      return name === "username" ? [[name, "-"] as const] : [];
    });
  return Object.fromEntries(
    Object.entries(registries).map(([key, registry]) => {
      if (isLater(registry)) return [key, { username: "-" }];
      return [key, typeof registry === "object" && registry !== null ? Object.fromEntries(fields(registry)) : registry];
    }),
  );
}

const placeholders = (registries: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(registries).map((key) => [key, "-"]));
