import * as pulumi from "@pulumi/pulumi";
import { checkAutonaming } from "../components/autonaming";
import { checkDatabaseTls } from "../components/database-tls";
import { checkValues } from "../components/fleet-values";
import { checkLostValues } from "../components/lost-values";
import type { FleetArgs } from "../components/fleet-args";
import { checkPodSecurity, podSecurityLevels } from "../components/pod-security-level";
import { checkNodes } from "../components/pull-check-nodes";
import type { Registry } from "../components/image-pull-secrets-args";
import type { Values } from "../components/plain-values";
import { checkRegistries } from "../registry/credentials";
import type { Issue } from "../registry/issue";
import type { Mask } from "../registry/mask";
import { SecretText } from "../registry/secret-text";
import { refuse } from "../components/user-error";
import { readAdoption } from "./adoption";
import { readChart, type ReadChart } from "./chart";
import { withLogin, type ChartInRegistry } from "./chart-login";
import { readImages } from "./images";
import { readCache, readDatabase, readVolume } from "./datastores";
import { readExistingSecretNames, type ReferredSecret } from "./existing-secrets";
import { readHostName, readPullCheckAnnotations, readVulnProcessing } from "./fleet-server";
import { readSecret } from "./secret-value";
import { readNamespace } from "./namespace";
import { checkRenderedYaml } from "./rendered-yaml";
import { joinServers } from "./servers-taken-apart";
import { readTls } from "./tls";
import { readRegistryCheck, refuseReadablePasswords, registryLogins, type RegistryLogin } from "./registries";
import { inProject, keyNames, keysOf, secretKeys } from "./keys";
import { ConfigReader, type RawConfig } from "./reader";
import { stackWords } from "./set-commands";
import { stackMask } from "./stack-secrets";

/** The SDK has the function, but its type declarations leave it out (`@pulumi/pulumi/runtime/config.ts`). */
const sdk = pulumi.runtime as typeof pulumi.runtime & { isConfigSecret(key: string): boolean };

/** From the project's folder, which Helm is run in: the release is then the same from every machine. */
export const drainCommand = "./components/add-drain.js";
/** For a stack without `drain`. */
export const deadlineCommand = "./components/add-deadline.js";

/** What the stack says to Pulumi's Kubernetes provider of the way to its cluster. */
export interface ClusterSettings {
  readonly context?: string;
  /** A path, or the content of a kubeconfig, which may have a credential in it. */
  readonly kubeconfig?: SecretText;
}

/** What a stack's configuration says. */
export interface StackConfig {
  readonly cluster: ClusterSettings;
  /** The only cluster that the stack may change, if it says so. */
  readonly clusterUid?: string;
  /** The pull Secrets that exist already, each name once. */
  readonly existing: readonly ReferredSecret[];
  /** `registries` with their passwords, to ask the registries with. */
  readonly registries: readonly RegistryLogin[];
  /** The chart, where it is in a registry, to ask that with. */
  readonly chart?: ChartInRegistry;
  readonly registryCheck: ReturnType<typeof readRegistryCheck>;
  readonly fleet: FleetArgs & ReadChart & { readonly namespace: string };
}

/**
 * Reads and checks the whole configuration of the current stack.
 *
 * @throws UserError with every problem at once, before any resource is registered.
 */
export function loadConfig(): StackConfig {
  const project = pulumi.getProject();
  const { config, issues } = parseConfig(project, rawConfig());
  refuse(issues.map((issue) => inProject(project, issue)));
  return config;
}

/** Hides every secret in the configuration of the current stack, whatever is wrong with that. */
export const currentMask = (): Mask => stackMask(pulumi.getProject(), rawConfig());

const rawConfig = (): RawConfig => ({
  values: pulumi.runtime.allConfig(),
  isSecret: (key) => sdk.isConfigSecret(key),
});

/** What a component found wrong, in terms of the configuration of the current stack. */
export function inKeys(issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => (issue.place === undefined ? issue : inConfig(pulumi.getProject(), issue)));
}

/** `loadConfig` without the engine: the configuration as far as it can be read, and all of its issues. */
export function parseConfig(project: string, raw: RawConfig): { config: StackConfig; issues: readonly Issue[] } {
  const reader = new ConfigReader(project, raw);
  reader.refuseUnknownKeys([...keyNames].sort());
  reader.refusePlain(secretKeys);
  reader.issues.push(...checkAutonaming(raw.values["pulumi:autonaming"] ?? "{}"));
  reader.issues.push(...checkRenderedYaml(raw.values["kubernetes:renderYamlToDirectory"]));
  const report = (issues: readonly Issue[]) => reader.issues.push(...issues.map((it) => inConfig(project, it)));

  const registries = joinServers(reader, "registries", reader.mapWithSecrets("registries"));
  const passwords = joinServers(reader, "registryPasswords", reader.secretMap("registryPasswords"));
  const checked = checkRegistries(registries ?? {}, passwords ?? {}, stackWords);
  if (registries !== undefined && passwords !== undefined) report(checked.issues);
  refuseReadablePasswords(reader, checked.registries, passwords ?? {});

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

  const existing = readExistingSecretNames(reader, values);

  const namespace = readNamespace(reader);
  const database = readDatabase(reader);
  report(checkDatabaseTls({ database, values }, nameOf));
  const cache = readCache(reader);
  const privateKey = readSecret(reader, "privateKey", "privateKeySecret", 32);
  const images = readImages(reader, { database, cache, values });
  const vulnProcessing = readVulnProcessing(reader);
  const otherwise = vulnProcessing?.deadlineSeconds === undefined ? undefined : deadlineCommand;

  const logins = registryLogins(reader, checked.registries, passwords ?? {});
  const { chart, inRegistry } = withLogin(reader, readChart(reader), logins);

  const { "kubernetes:kubeconfig": kubeconfig = "" } = raw.values;

  const config: StackConfig = {
    cluster: {
      // Empty counts as not set, for the provider too.
      context: raw.values["kubernetes:context"] || undefined,
      ...(kubeconfig !== "" && { kubeconfig: new SecretText(kubeconfig) }),
    },
    clusterUid: reader.text("clusterUid"),
    existing,
    registries: logins,
    ...(inRegistry && { chart: inRegistry }),
    registryCheck: readRegistryCheck(reader),
    fleet: {
      ...images,
      ...namespace,
      adopt: readAdoption(reader, { database, ...privateKey }),
      podSecurity: reader.choice("podSecurity", podSecurityLevels),
      protect: reader.boolean("protect"),
      registries: registries as Record<string, Registry> | undefined, // checked above
      passwords: pulumi.secret((passwords ?? {}) as Record<string, string>),
      hostName: readHostName(reader),
      replicas: reader.integer("replicas", 1),
      ...chart,
      ...readVolume(reader),
      datastoreUser: reader.integer("datastoreUser", 0),
      ...privateKey,
      ...readSecret(reader, "licenseKey", "licenseSecret"),
      tls: readTls(reader),
      vulnProcessing,
      pullCheck: reader.boolean("pullCheck"),
      pullCheckDeadlineSeconds: reader.integer("pullCheckDeadlineSeconds", 1),
      pullCheckNodes: reader.integer("pullCheckNodes", 1),
      pullCheckAnnotations: readPullCheckAnnotations(reader),
      releaseTimeoutSeconds: reader.integer("releaseTimeoutSeconds", 1),
      postrender: reader.boolean("drain") === false ? otherwise : drainCommand,
    },
  };
  report(checkLostValues({ ...config.fleet, values }, nameOf));
  report(checkPodSecurity(config.fleet, nameOf));
  report(checkNodes(config.fleet));
  return { config, issues: reader.issues };
}

/** A problem of a component's arguments, said in terms of the configuration. */
function inConfig(project: string, { place = "", ...issue }: Issue): Issue {
  const parts = place.split(/(?=[.[])/);
  for (let count = parts.length; count > 0; count--) {
    const argument = parts.slice(0, count).join("");
    const [key] = keysOf(argument);
    if (key !== undefined && key !== argument)
      return { place: `${project}:${key}${place.slice(argument.length)}`, ...issue };
  }
  return { place: `${project}:${place}`, ...issue };
}
