import * as pulumi from "@pulumi/pulumi";
import { pulledImages, UserError, type ExistingSecret, type FleetArgs } from "../components";
import { chartKind, fleetChart } from "../components/chart";
import { checkFleetArgs, withoutNulls } from "../components/fleet-arguments";
import { credential, madeFor } from "../components/pull-credentials";
import { defaultNamespace } from "../components/release";
import { chartReference, type ChartInRegistry } from "../config/chart-login";
import type { RegistryCheckSettings, RegistryLogin } from "../config/registries";
import { foreignText } from "../registry/foreign-text";
import type { RegistryCredential } from "../registry/credentials";
import { isIssue, type Issue } from "../registry/issue";
import { lookUpCredentials } from "../registry/keyring";
import { SecretText } from "../registry/secret-text";
import { shownKey } from "../registry/shown-key";
import { ask, type Answers } from "./ask";
import { awaitKnown } from "./await-known";
import { inArguments } from "./in-arguments";

/** How `checkFleet` asks. */
export interface CheckFleetOptions extends RegistryCheckSettings {
  /** The Kubernetes provider that `Fleet` gets. @default the default one */
  readonly provider?: pulumi.ProviderResource;
  /** The uid of the namespace `kube-system` of the only cluster that may be changed. @default any */
  readonly clusterUid?: string;
}

/** What `checkFleet` found: `errors` is empty where nothing that is known is in the way. */
export type FleetFindings = Answers;

/**
 * All that can be told of the arguments of `Fleet` before anything is made: by themselves, then by the cluster (adoption, pull Secrets
 * that exist) and by the registries (whether the credential that the kubelet will use may pull each image). Each issue has a code for
 * machines, and a place in the arguments. Nothing is changed, and nothing thrown for a mistake.
 *
 * Await it before the component is made, in an async program, and give its `existing` to `Fleet` so that a change of such a Secret is
 * a change of the stack. What a preview cannot know yet is not asked, and a warning says so.
 */
export async function checkFleet(
  given: FleetArgs,
  { provider, clusterUid, ...registryCheck }: CheckFleetOptions = {},
): Promise<FleetFindings> {
  const args = withoutNulls(given);
  const refused = (errors: readonly Issue[]) => ({
    errors,
    warnings: [],
    images: [],
    existing: args.existing ?? [],
  });
  const issues = checkFleetArgs(args);
  if (issues.length > 0) return refused(issues);
  try {
    const { logins, unknown } = await readLogins(args);
    const images = pulledImages(args).map(({ image }) => image);
    const unasked = images.filter((image) => unknown.some((registry) => isFor(registry, image)));
    const chartVersion = await awaitKnown(pulumi.output(args.chartVersion));
    const names = await readNames(args);
    const isUnknown = names === undefined && (args.existing ?? []).length > 0;
    const found = await ask(
      {
        fleet: { ...args, chartVersion, namespace: names?.namespace ?? defaultNamespace },
        existing: (names?.existing ?? []).map((name) => ({ name, follow: true })),
        registries: logins,
        chart: await readChart(args, chartVersion),
        registryCheck,
        ...(clusterUid !== undefined && { clusterUid }),
        // A Secret that nobody can read yet may be for any image.
        unasked: isUnknown ? images : unasked,
      },
      provider && { provider },
    );
    const later = [...unknown.map(({ key }) => unknownCredential(key)), ...(isUnknown ? [unknownNames] : [])];
    const revisions = new Map(found.existing.map(({ name, revision }) => [name, revision]));
    return {
      ...found,
      errors: inArguments(found.errors),
      warnings: inArguments([...later, ...found.warnings]),
      existing: (args.existing ?? []).map(({ name, revision }, i): ExistingSecret => {
        const read = revision ?? revisions.get(names?.existing[i] ?? "");
        return { name, ...(read !== undefined && { revision: read }) };
      }),
    };
  } catch (error) {
    if (error instanceof UserError) return refused(inArguments(error.issues));
    throw error;
  }
}

/** The registries whose credential is known, and the others. */
async function readLogins(args: FleetArgs) {
  const logins: RegistryLogin[] = [];
  const unknown: RegistryCredential[] = [];
  for (const registry of madeFor(args.registries ?? {})) {
    const known = await awaitKnown(credential(registry, args));
    if (known === undefined) {
      unknown.push(registry);
      continue;
    }
    const isSecret = await pulumi.isSecret(pulumi.output(args.registries?.[registry.key]?.username));
    const account = isSecret ? "the secret username" : foreignText(known.username);
    const renewal = `set a new password in passwords[${shownKey(registry.key)}]`;
    logins.push({ ...known, password: new SecretText(known.password), account, renewal });
  }
  return { logins, unknown };
}

/** Nothing where the namespace or the name of an existing Secret is not known yet. */
async function readNames({ namespace = defaultNamespace, existing = [] }: FleetArgs) {
  const names = pulumi.all(existing.map(({ name }) => pulumi.output(name)));
  return awaitKnown(pulumi.output({ namespace, existing: names }));
}

/** None where it is in no registry, or its version or login is not known yet. */
async function readChart(
  args: FleetArgs,
  version = fleetChart.version as string,
): Promise<ChartInRegistry | undefined> {
  const { chart = fleetChart.name, chartUsername, chartPassword } = args;
  if (chartKind(chart) !== "oci") return undefined;
  const reference = chartReference(chart, version);
  if (chartUsername === undefined || chartPassword === undefined) return { reference };
  const login = await awaitKnown(pulumi.all([chartUsername, chartPassword]));
  const renewal = "set a new password in chartPassword";
  return login && { reference, login: { username: login[0], password: new SecretText(login[1]), renewal } };
}

function isFor({ server, key }: RegistryCredential, image: string): boolean {
  const found = lookUpCredentials(image, [{ name: key, config: { kind: "entries", entries: [{ server }] } }]);
  return !isIssue(found) && found.candidates.length > 0;
}

const unknownCredential = (key: string): Issue => ({
  code: "not-asked",
  place: `registries[${JSON.stringify(key)}]`,
  sentence: "has a credential that this preview does not know, so its registry was not asked",
  fix: "pulumi up asks it before it makes anything",
});

const unknownNames: Issue = {
  code: "not-asked",
  place: "existing",
  sentence: "has a name or a namespace that this preview does not know, so neither Secrets nor registries were asked",
  fix: "pulumi up asks them before it makes anything",
};
