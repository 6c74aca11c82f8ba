import * as pulumi from "@pulumi/pulumi";
import { checkValues, pullSecretsInValues, type Values } from "../components/fleet-values";
import type { FleetArgs } from "../components/fleet-args";
import { checkPodSecurity, podSecurityLevels } from "../components/pod-security-level";
import type { Registry } from "../components/image-pull-secrets";
import { checkRegistries } from "../registry/credentials";
import type { Issue } from "../registry/issue";
import { checkSecretNames } from "../registry/secret-name";
import { UserError } from "../components/user-error";
import { readAdoption } from "./adoption";
import { readChart } from "./chart";
import { readImages } from "./images";
import { readCache, readDatabase } from "./datastores";
import { readHostName, readVulnProcessing } from "./fleet-server";
import { readSecret } from "./secret-value";
import { readTls } from "./tls";
import { readRegistryCheck, type RegistryLogin } from "./registries";
import { keyNames, keysOf, secretKeys } from "./keys";
import { ConfigReader, type RawConfig } from "./reader";

/** The SDK has the function, but its type declarations leave it out (`@pulumi/pulumi/runtime/config.ts`). */
const sdk = pulumi.runtime as typeof pulumi.runtime & { isConfigSecret(key: string): boolean };

/** From the project's folder, which Helm is run in: the release is then the same from every machine. */
export const drainCommand = "./components/add-drain.js";
/** For a stack without `drain`. */
export const deadlineCommand = "./components/add-deadline.js";

/** What a stack's configuration says. */
export interface StackConfig {
  /** The only cluster that the stack may change, if it says so. */
  readonly clusterUid?: string;
  /** Names of pull Secrets that exist already. */
  readonly existing: readonly string[];
  /** `registries` with their passwords, to ask the registries with. */
  readonly registries: readonly RegistryLogin[];
  readonly registryCheck: ReturnType<typeof readRegistryCheck>;
  readonly fleet: FleetArgs & { readonly namespace: string };
}

/**
 * Reads and checks the whole configuration of the current stack.
 *
 * @throws UserError with every problem at once, before any resource is registered.
 */
export function loadConfig(): StackConfig {
  const { config, issues } = parseConfig(pulumi.getProject(), {
    values: pulumi.runtime.allConfig(),
    isSecret: (key) => sdk.isConfigSecret(key),
  });
  if (issues.length > 0) throw new UserError(issues);
  return config;
}

/** What a component found wrong, in terms of the configuration of the current stack. */
export function inKeys(issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => (issue.place === undefined ? issue : inConfig(pulumi.getProject(), issue)));
}

/** `loadConfig` without the engine: the configuration as far as it can be read, and all of its issues. */
export function parseConfig(project: string, raw: RawConfig): { config: StackConfig; issues: readonly Issue[] } {
  const reader = new ConfigReader(project, raw);
  reader.refuseUnknownKeys([...keyNames].sort());
  reader.refusePlain(secretKeys);
  const report = (issues: readonly Issue[]) => reader.issues.push(...issues.map((it) => inConfig(project, it)));

  const registries = reader.map("registries");
  const passwords = reader.secretMap("registryPasswords");
  const checked = checkRegistries(registries ?? {}, passwords ?? {});
  if (registries !== undefined && passwords !== undefined) report(checked.issues);

  const values: Values =
    reader.map(
      "values",
      "the Helm release would keep it in plain text",
      "put it in a Secret and name that in values.envsFrom",
    ) ?? {};
  const nameOf = (argument: string) =>
    keysOf(argument)
      .map((key) => `${project}:${key}`)
      .join(" or ");
  report(checkValues(values, nameOf));

  const names = reader.list("imagePullSecrets");
  report(checkSecretNames("imagePullSecrets", names));

  const namespace = reader.text("namespace") ?? "fleet";
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    reader.refuse(
      "namespace",
      "malformed",
      "is not a name that Kubernetes takes for a namespace",
      'use at most 63 lower-case letters, digits and "-"',
    );
  }
  const database = readDatabase(reader);
  const cache = readCache(reader);
  const privateKey = readSecret(reader, "privateKey", "privateKeySecret", 32);
  const images = readImages(reader, { database, cache, values });
  const vulnProcessing = readVulnProcessing(reader);
  const otherwise = vulnProcessing?.deadlineSeconds === undefined ? undefined : deadlineCommand;

  const config: StackConfig = {
    clusterUid: reader.text("clusterUid"),
    existing: [...new Set([...names.filter((name) => typeof name === "string"), ...pullSecretsInValues(values)])],
    registries: checked.registries.map((registry) => ({ ...registry, password: String(passwords?.[registry.key]) })),
    registryCheck: readRegistryCheck(reader),
    fleet: {
      ...images,
      namespace,
      createNamespace: reader.boolean("createNamespace"),
      adopt: readAdoption(reader, { database, privateKey }),
      podSecurity: reader.choice("podSecurity", podSecurityLevels),
      protect: reader.boolean("protect"),
      registries: registries as Record<string, Registry> | undefined, // checked above
      passwords: pulumi.secret((passwords ?? {}) as Record<string, string>),
      hostName: readHostName(reader),
      replicas: reader.integer("replicas", 1),
      chart: readChart(reader),
      privateKey,
      license: readSecret(reader, "licenseKey", "licenseSecret"),
      tls: readTls(reader),
      vulnProcessing,
      pullCheck: reader.boolean("pullCheck"),
      pullCheckDeadlineSeconds: reader.integer("pullCheckDeadlineSeconds", 1),
      releaseTimeoutSeconds: reader.integer("releaseTimeoutSeconds", 1),
      postrender: reader.boolean("drain") === false ? otherwise : drainCommand,
    },
  };
  report(checkPodSecurity(config.fleet, nameOf));
  return { config, issues: reader.issues };
}

/** A problem of a component's arguments, said in terms of the configuration. */
function inConfig(project: string, { place = "", ...issue }: Issue): Issue {
  const [argument = ""] = /^\w+/.exec(place) ?? [];
  const [key = argument] = keysOf(argument);
  return { place: `${project}:${key}${place.slice(argument.length)}`, ...issue };
}
