import * as pulumi from "@pulumi/pulumi";
import { checkRegistries, type RegistryCredential } from "../registry/credentials";
import type { Login } from "../registry/docker-config";
import type { Issue } from "../registry/issue";
import type { ImagePullSecretsArgs, Registry } from "./image-pull-secrets-args";
import { isLater } from "./plain-values";
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

type Credentials = Pick<ImagePullSecretsArgs, "registries" | "passwords" | "existing">;

/** What can be told before anything is made: outputs are left out, or stand as text that is none. */
export function checkPullSecrets({ registries = {}, passwords = {}, existing = [] }: Credentials): readonly Issue[] {
  const later = [...(isLater(registries) ? [unknownServers] : []), ...(isLater(existing) ? [unknownExisting] : [])];
  if (later.length > 0) return later;
  const given = isLater(passwords) ? placeholders(registries) : passwords;
  const byServer = Object.entries(given).map(([key, value]: [string, unknown]) => [key, isLater(value) ? "-" : value]);
  return checkRegistries(known(registries), Object.fromEntries(byServer) as Record<string, unknown>).issues;
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
    ? pulumi.output(passwords).apply((all) => {
        refuse(checkRegistries(known(registries), all).issues);
        return all[key];
      })
    : pulumi.output((passwords as Readonly<Record<string, pulumi.Input<string>>>)[key]);
  return pulumi.all([pulumi.output(registries[key]), pulumi.secret(password)]).apply(([registry, password = ""]) => {
    const { registries: checked, issues } = checkRegistries({ [key]: registry }, { [key]: password });
    refuse(issues);
    return { ...made, ...checked[0], password };
  });
}

/** Registries with a username that is none in the place of one that is an output. */
function known(registries: Readonly<Record<string, Registry>>): Readonly<Record<string, unknown>> {
  const fields = (registry: object) =>
    Object.entries(registry).flatMap(([name, value]: [string, unknown]) => {
      if (!isLater(value)) return [[name, value] as const];
      return name === "username" ? [[name, "-"] as const] : [];
    });
  return Object.fromEntries(
    Object.entries(registries).map(([key, registry]: [string, unknown]) => {
      if (isLater(registry)) return [key, { username: "-" }];
      return [key, typeof registry === "object" && registry !== null ? Object.fromEntries(fields(registry)) : registry];
    }),
  );
}

const placeholders = (registries: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(registries).map((key) => [key, "-"]));
