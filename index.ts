import { Fleet } from "./components";
import { loadConfig } from "./config/load";
import { preflight, recordingIssues } from "./preflight";

/** One stack is one environment. */
export = () =>
  recordingIssues(async () => {
    const config = loadConfig();
    const { uid, images, existing } = await preflight(config);
    const fleet = new Fleet("fleet", { ...config.fleet, existing });
    return {
      clusterUid: uid,
      namespace: fleet.namespace,
      image: images[0],
      url: fleet.url,
      pullSecretNames: fleet.pullSecretNames,
      releaseStatus: fleet.release.status.status,
      releaseRevision: fleet.release.status.revision,
    };
  });
