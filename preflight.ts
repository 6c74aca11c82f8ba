import * as pulumi from "@pulumi/pulumi";
import {
  checkAdoption,
  checkChart,
  checkRegistryAccess,
  clusterUid,
  expiryWarnings,
  pulledImages,
  readExistingSecrets,
  type ExistingSecret,
} from "./components";
import { refuse, type StackConfig } from "./config";
import { pullCredentials } from "./config-registries";

export interface Preflight {
  /** The uid of the namespace `kube-system`. */
  readonly uid: string;
  /** The images that will be pulled; Fleet's is the first. */
  readonly images: readonly string[];
  readonly existing: readonly ExistingSecret[];
}

/** All that is asked of the cluster and of registries before the first resource is registered: what fails here changed nothing. */
export async function preflight(config: StackConfig): Promise<Preflight> {
  const images = pulledImages(config.fleet).map(({ image }) => image);
  // Asked meanwhile.
  const chart = checkChart(config.fleet.chart, config.registryCheck);
  const uid = await clusterUid(config.clusterUid);
  const adoption = await checkAdoption(config.fleet);
  refuse(adoption.problems);
  const existing = await readExistingSecrets(config.existing, { namespace: config.fleet.namespace, images });
  refuse(existing.problems);
  const secrets = pullCredentials(config.registries, existing.secrets);
  const { refusals, warnings } = await checkRegistryAccess({ images, secrets, ...config.registryCheck });
  const expiring = expiryWarnings(config.registries, new Date());
  for (const warning of [...adoption.warnings, ...expiring, ...warnings]) await pulumi.log.warn(warning);
  refuse(await chart, refusals);
  return { uid, images, existing: existing.secrets };
}
