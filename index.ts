import * as pulumi from "@pulumi/pulumi";
import { anonymousImages, clusterUid, Fleet, pulledImages, readExistingSecrets } from "./components";
import { loadConfig, refuse } from "./config";

/** One stack is one environment: everything is checked before the first resource is registered. */
export = async () => {
  const config = loadConfig();
  const images = Object.values(pulledImages(config.fleet)).map(({ image }) => image);

  const uid = await clusterUid(config.clusterUid);
  const existing = await readExistingSecrets(config.existing, { namespace: config.fleet.namespace, images });
  refuse(existing.problems);

  const servers = [...config.servers, ...existing.secrets.flatMap((secret) => secret.servers)];
  for (const image of anonymousImages(images, servers)) {
    await pulumi.log.warn(
      `${image} is pulled anonymously, since no credential is for its registry; where it needs one, add the registry to fleet:registries`,
    );
  }

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
