import * as pulumi from "@pulumi/pulumi";
import { pulledImages, type ExistingSecret } from "../components";
import { refuse, type StackConfig } from "../config/load";
import { checkAdoption } from "./adoption";
import { checkChart } from "./chart-check";
import { clusterUid } from "./cluster";
import { readExistingSecrets, type ReadSecret } from "./existing-secrets";
import { expiryWarnings } from "./password-expiry";
import { pullCredentials } from "./pull-credentials";
import { checkRegistryAccess } from "./registry-check";

export interface Preflight {
  /** The uid of the namespace `kube-system`. */
  readonly uid: string;
  /** The images that will be pulled; Fleet's is the first. */
  readonly images: readonly string[];
  readonly existing: readonly ExistingSecret[];
}

/**
 * All that is asked of the cluster and of registries before the first resource is registered: what fails here changed nothing.
 * Whatever needs no answer of another is asked at once.
 */
export async function preflight(config: StackConfig): Promise<Preflight> {
  const images = pulledImages(config.fleet).map(({ image }) => image);
  const chart = checkChart(config.fleet.chart, config.registryCheck);
  const askRegistries = (existing: readonly ReadSecret[]) =>
    checkRegistryAccess({ images, secrets: pullCredentials(config.registries, existing), ...config.registryCheck });
  // Which credential the kubelet tries first depends on all of them.
  const asked = config.existing.length === 0 ? askRegistries([]) : undefined;

  const uid = await clusterUid(config.clusterUid);
  // One after the other: the engine ends at the first that is not there, and that is to be the one which explains the other.
  const adoption = await checkAdoption(config.fleet);
  const existing = await readExistingSecrets(config.existing, { namespace: config.fleet.namespace, images });
  const problems = [...adoption.problems, ...existing.problems];
  // Without the credential of a Secret that is refused, no registry's no would say anything.
  const registries =
    existing.problems.length > 0 ? { refusals: [], warnings: [] } : await (asked ?? askRegistries(existing.secrets));
  const expiring = expiryWarnings(config.registries, new Date());
  for (const warning of [...adoption.warnings, ...expiring, ...registries.warnings]) await pulumi.log.warn(warning);
  refuse([...problems, ...(await chart)], registries.refusals);
  return { uid, images, existing: existing.secrets };
}
