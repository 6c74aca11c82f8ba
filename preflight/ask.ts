import type * as pulumi from "@pulumi/pulumi";
import { pulledImages, type ExistingSecret, type FleetArgs } from "../components";
import type { ChartInRegistry } from "../config/chart-login";
import type { ReferredSecret } from "../config/existing-secrets";
import type { RegistryCheckSettings, RegistryLogin } from "../config/registries";
import type { Issue } from "../registry/issue";
import { checkAdoption, type AdoptionArgs } from "./adoption";
import { clusterUid } from "./cluster";
import { readExistingSecrets, type ReadSecret } from "./existing-secrets";
import { unusedRegistries } from "./no-credential";
import { expiryWarnings } from "./password-expiry";
import { chartCredential, existingCredentials, madeCredentials } from "./pull-credentials";
import { checkRegistryAccess, type RegistryFindings } from "./registry-check";

/** What is to be deployed, in plain values. */
export interface Questions {
  readonly fleet: Parameters<typeof pulledImages>[0] &
    AdoptionArgs &
    Pick<FleetArgs, "imageTag"> & { namespace: string };
  /** The pull Secrets that exist already, each name once. */
  readonly existing: readonly ReferredSecret[];
  readonly registries: readonly RegistryLogin[];
  readonly chart?: ChartInRegistry;
  readonly registryCheck: RegistryCheckSettings;
  /** The only cluster that may be changed. @default any */
  readonly clusterUid?: string;
  /** Images that no registry is asked about, since the credential for them is not known yet. @default none */
  readonly unasked?: readonly string[];
}

/** What was found. */
export interface Answers {
  /** What must not go on; places are arguments of `Fleet`. */
  readonly errors: readonly Issue[];
  /** What a person should know. */
  readonly warnings: readonly Issue[];
  /** The uid of the namespace `kube-system`; none in a preview that cannot know the cluster yet. */
  readonly uid?: string;
  /** The images that will be pulled; Fleet's is the first. */
  readonly images: readonly string[];
  /** For `Fleet`: the Secrets that exist already, each with the revision that was read. */
  readonly existing: ExistingSecret[];
}

/**
 * All that is asked of the cluster and of registries before the first resource is registered. Whatever needs no answer of another is
 * asked at once.
 *
 * @throws UserError for another cluster than the expected one
 */
export async function ask(asked: Questions, opts?: pulumi.CustomResourceOptions): Promise<Answers> {
  const images = pulledImages(asked.fleet).map(({ image }) => image);
  const made = madeCredentials(asked.registries);
  const askRegistries = (existing: readonly ReadSecret[]) =>
    checkRegistryAccess({
      images: images.filter((image) => asked.unasked?.includes(image) !== true),
      // As pods list them.
      secrets: [...made, ...existingCredentials(existing)],
      ...(asked.chart && { chart: chartCredential(asked.chart) }),
      ...asked.registryCheck,
    });
  // Which credential the kubelet tries first depends on all of them.
  const early = asked.existing.length === 0 ? askRegistries([]) : undefined;

  const uid = await clusterUid(asked.clusterUid, opts);
  // One after the other: the engine ends at the first that is not there, and that is to be the one which explains the other.
  const adoption = await checkAdoption(asked.fleet, opts);
  const existing = await readExistingSecrets(asked.existing, { namespace: asked.fleet.namespace, images }, opts);
  // Without the credential of a Secret that is refused, or not known yet, no registry's no would say anything.
  const isComplete = existing.issues.length === 0 && existing.secrets.every(({ config }) => config !== undefined);
  const registries: RegistryFindings = isComplete
    ? await (early ?? askRegistries(existing.secrets))
    : { refusals: [], warnings: [] };
  const pulled = [...images, ...(asked.chart ? [asked.chart.reference] : [])];
  return {
    errors: [...adoption.issues, ...existing.issues, ...registries.refusals],
    warnings: [
      ...(uid === undefined ? [notMadeYet] : []),
      ...adoption.warnings,
      ...expiryWarnings(asked.registries, new Date()),
      ...unusedRegistries(made, pulled),
      ...registries.warnings,
    ],
    ...(uid !== undefined && { uid }),
    images,
    // What was read of other people's Secrets stops here.
    existing: existing.secrets.map(({ name, revision }) => ({ name, ...(revision && { revision }) })),
  };
}

const notMadeYet: Issue = {
  code: "not-asked",
  sentence: "The cluster is not known to this preview, so nothing was asked of it",
  fix: "pulumi up asks it before it makes anything there",
};
