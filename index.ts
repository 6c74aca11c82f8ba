import * as pulumi from "@pulumi/pulumi";
import {
  checkRegistryAccess,
  clusterUid,
  expiryWarnings,
  Fleet,
  pulledImages,
  readExistingSecrets,
  UserError,
} from "./components";
import { loadConfig, refuse } from "./config";
import { pullCredentials } from "./config-registries";
import { dropDebugMessages } from "./debug-messages";

/** One stack is one environment: everything is checked before the first resource is registered. */
export = async () => {
  dropDebugMessages();
  const config = loadConfig();
  const images = pulledImages(config.fleet).map(({ image }) => image);
  const uid = await clusterUid(config.clusterUid);
  const existing = await readExistingSecrets(config.existing, { namespace: config.fleet.namespace, images });
  refuse(existing.problems);

  const secrets = pullCredentials(config.registries, existing.secrets);
  const { refusals, warnings } = await checkRegistryAccess({ images, secrets, ...config.registryCheck });
  for (const warning of [...expiryWarnings(config.registries, new Date()), ...warnings]) await pulumi.log.warn(warning);
  if (refusals.length > 0) throw new UserError(refusals.join("\n"));

  const fleet = new Fleet("fleet", { ...config.fleet, existing: existing.secrets });
  return {
    clusterUid: uid,
    namespace: fleet.namespace,
    image: images[0],
    url: fleet.url,
    pullSecretNames: fleet.pullSecretNames,
    releaseStatus: fleet.release.status.status,
    releaseRevision: fleet.release.status.revision,
  };
};
