import * as pulumi from "@pulumi/pulumi";
import { checkPodSettings } from "./fleet-pods";
import { asList, asObject, isObject, type Values } from "./plain-values";
import type { Issue } from "../registry/issue";
import { checkSecretName } from "../registry/secret-name";
import { plainSecrets } from "./secret-variables";

type Environment = { readonly name: string; readonly valueFrom: unknown };

/** What this program sets in the values of Fleet's chart. */
export interface ManagedValues {
  readonly imagePullSecrets: pulumi.Input<readonly { name: string }[]>;
  readonly podAnnotations: pulumi.Input<Readonly<Record<string, string>>>;
  readonly envsFrom: readonly Environment[];
  /** Everything else; each leaf is this program's alone. */
  readonly programValues: Values;
}

/** The argument of `Fleet` that decides each value which this program sets itself. */
export const managedBy: Readonly<Record<string, string>> = {
  imageRepository: "imageRepository",
  imageTag: "imageTag",
  hostName: "hostName",
  replicas: "replicas",
  "database.address": "database.address",
  "database.database": "database.name",
  "database.username": "database.username",
  "database.secretName": "database.secretName",
  "database.passwordKey": "database.passwordKey",
  "cache.address": "cache.address",
  "cache.usePassword": "cache.secretName",
  "cache.secretName": "cache.secretName",
  "cache.passwordKey": "cache.passwordKey",
  "fleet.tls.enabled": "tls",
  "fleet.tls.uniqueTLSSecret": "tls",
  "fleet.tls.secretName": "tls",
  "fleet.tls.certSecretKey": "tls",
  "fleet.tls.keySecretKey": "tls",
  "fleet.license.secretName": "licenseKey",
  "fleet.license.licenseKey": "licenseKey",
  "vulnProcessing.dedicated": "vulnProcessing.dedicated",
  "vulnProcessing.schedule": "vulnProcessing.schedule",
  "mysql.enabled": "database",
  "redis.enabled": "cache",
  // Variables that the chart writes of these: a second one of the same name may break Helm's patch.
  "environments.FLEET_SERVER_PRIVATE_KEY": "privateKey",
  "environments.FLEET_MYSQL_ADDRESS": "database.address",
  "environments.FLEET_MYSQL_DATABASE": "database.name",
  "environments.FLEET_MYSQL_USERNAME": "database.username",
  "environments.FLEET_REDIS_ADDRESS": "cache.address",
};

/** The argument of `Fleet` for a value with a secret. */
const secretArguments: Readonly<Record<string, string>> = {
  "environments.FLEET_MYSQL_PASSWORD": "database.password",
  "environments.FLEET_REDIS_PASSWORD": "cache.password",
  "environments.FLEET_LICENSE_KEY": "licenseKey",
};

type Form = "list" | "map";

/** Values that this program unites with its own, or gives to the check's pod too: of another form they would be lost. */
const forms: Readonly<Record<string, Form>> = {
  imagePullSecrets: "list",
  envsFrom: "list",
  podAnnotations: "map",
  "fleet.migrationJobAnnotations": "map",
  nodeSelector: "map",
  tolerations: "list",
  affinity: "map",
};

/** A map that the chart's templates read without asking whether it is there, and that the check's pod goes by. */
const securityContext = "fleet.securityContext";

const deletePolicy = "helm.sh/hook-delete-policy";

/**
 * The annotations of the migration Job. Fleet's chart deletes the Job only once it succeeded, so one that cannot pull
 * stays, and every later upgrade fails with "already exists" until someone deletes it by hand. The chart prints these
 * after its own line, and the last duplicate key wins.
 */
const migrationJobAnnotations = { [deletePolicy]: "before-hook-creation,hook-succeeded" };

/** The names in `values.imagePullSecrets`, which are united with this program's list. */
export function pullSecretsInValues(values: Values): readonly string[] {
  return asList(values.imagePullSecrets).flatMap((item) => {
    const name = asObject(item).name;
    return typeof name === "string" ? [name] : [];
  });
}

/**
 * What a user's chart values may not say; an empty list when they can be merged. Paths begin with `values`; `nameOf`
 * gives the name under which the user knows an argument of `Fleet`.
 */
export function checkValues(
  values: Values,
  nameOf: (argument: string) => string = (argument) => `"${argument}"`,
): readonly Issue[] {
  const issues: Issue[] = [];
  const managed = (path: string, argument: string): Issue => ({
    place: `values.${path}`,
    code: "managed-value",
    sentence: "is a chart value that this program sets itself",
    fix: `set ${nameOf(argument)} instead`,
  });
  const walk = (value: unknown, path: string): void => {
    const argument = managedBy[path];
    const form = forms[path];
    if (argument !== undefined) issues.push(managed(path, argument));
    else if (form !== undefined) issues.push(...checkForm(value, path, form));
    else if (isObject(value))
      for (const key of Object.keys(value)) walk(value[key], path === "" ? key : `${path}.${key}`);
    else if (["", securityContext].includes(path) || Object.keys(managedBy).some((key) => key.startsWith(`${path}.`))) {
      issues.push({
        place: path === "" ? "values" : `values.${path}`,
        code: "malformed",
        sentence: "is not a map",
        fix: "give the chart's keys below it",
      });
    }
  };
  walk(values, "");
  issues.push(...checkPodSettings(values));

  asList(values.imagePullSecrets).forEach((item, i) => {
    const path = `values.imagePullSecrets[${i}]`;
    const { name } = asObject(item);
    const mistake = checkSecretName(name);
    if (typeof name !== "string") {
      const fix = `list the name in ${nameOf("existing")} instead`;
      issues.push({ place: path, code: "malformed", sentence: "is not of the form {name: SECRET}", fix });
    } else if (mistake !== undefined) issues.push({ place: `${path}.name`, ...mistake });
  });
  if ("image-pull-secrets/revisions" in asObject(values.podAnnotations)) {
    issues.push(managed("podAnnotations.image-pull-secrets/revisions", "existing"));
  }
  if (deletePolicy in asObject(asObject(values.fleet).migrationJobAnnotations)) {
    issues.push({
      place: `values.fleet.migrationJobAnnotations.${deletePolicy}`,
      code: "managed-value",
      sentence: "is set by this program, so that a failed migration cannot block the next one",
      fix: "remove it",
    });
  }
  for (const path of plainSecrets(values)) {
    if (path in managedBy) continue;
    const argument = secretArguments[path];
    issues.push({
      place: `values.${path}`,
      code: "not-encrypted",
      sentence: "is a secret, and the Helm release would keep it in plain text",
      fix:
        argument === undefined
          ? "put it in a Secret and name that in values.envsFrom"
          : `set ${nameOf(argument)} instead`,
    });
  }
  for (const name of asList(values.envsFrom).map((item) => String(asObject(item).name))) {
    const argument = managedBy[`environments.${name}`];
    if (argument !== undefined) issues.push(managed(`envsFrom (${name})`, argument));
  }
  return issues;
}

function checkForm(value: unknown, path: string, form: Form): readonly Issue[] {
  if (value === null || value === undefined || (form === "list" ? Array.isArray(value) : isObject(value))) return [];
  return form === "list"
    ? [
        {
          place: `values.${path}`,
          code: "malformed",
          sentence: "is not a list",
          fix: 'begin each of its items with "- "',
        },
      ]
    : [
        {
          place: `values.${path}`,
          code: "malformed",
          sentence: "is not a map",
          fix: "write its entries below it, each as name: value",
        },
      ];
}

/**
 * The user's values with this program's laid over them. Maps merge key by key; `imagePullSecrets`, `envsFrom`,
 * `podAnnotations` and `fleet.migrationJobAnnotations` are united; everything else that this program sets is its own.
 */
export function mergeValues(user: Values, managed: ManagedValues): Record<string, unknown> {
  const merged = overlay(user, managed.programValues);
  const fleet = asObject(merged.fleet);
  return {
    ...merged,
    imagePullSecrets: managed.imagePullSecrets,
    podAnnotations: pulumi
      .all([asObject(user.podAnnotations), managed.podAnnotations])
      .apply(([a, b]) => ({ ...a, ...b })),
    envsFrom: [...asList(user.envsFrom), ...managed.envsFrom],
    fleet: {
      ...fleet,
      migrationJobAnnotations: { ...asObject(fleet.migrationJobAnnotations), ...migrationJobAnnotations },
    },
  };
}

function overlay(under: Values, over: Values): Record<string, unknown> {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = under[key];
    result[key] = isObject(value) ? overlay(asObject(below), value) : value;
  }
  return result;
}
