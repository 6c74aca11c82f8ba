import { pulledImages, type ExistingSecret } from "../components";
import { UserError } from "../components/user-error";
import { inKeys, type StackConfig } from "../config/load";
import { checkAdoption } from "./adoption";
import { clusterUid } from "./cluster";
import { contextWarnings } from "./kube-context";
import { readExistingSecrets, type ReadSecret } from "./existing-secrets";
import { unusedRegistries } from "./no-credential";
import { expiryWarnings } from "./password-expiry";
import { chartCredential, pullCredentials } from "./pull-credentials";
import { checkRegistryAccess } from "./registry-check";
import { warn } from "./report";

export interface Preflight {
  /** The uid of the namespace `kube-system`; none in a preview that cannot know the cluster yet. */
  readonly uid?: string;
  /** The images that will be pulled; Fleet's is the first. */
  readonly images: readonly string[];
  readonly existing: ExistingSecret[];
}

/**
 * All that is asked of the cluster and of registries before the first resource is registered: what fails here changed nothing.
 * Whatever needs no answer of another is asked at once.
 */
export async function preflight(config: StackConfig): Promise<Preflight> {
  const images = pulledImages(config.fleet).map(({ image }) => image);
  const askRegistries = (existing: readonly ReadSecret[]) =>
    checkRegistryAccess({
      images,
      secrets: pullCredentials(config.registries, existing),
      ...(config.chart && { chart: chartCredential(config.chart) }),
      ...config.registryCheck,
    });
  // Which credential the kubelet tries first depends on all of them.
  const asked = config.existing.length === 0 ? askRegistries([]) : undefined;

  // Before the cluster is asked: the wrong one may well be away.
  await warn(contextWarnings(config.cluster, config.clusterUid));
  const uid = await clusterUid(config.clusterUid);
  // One after the other: the engine ends at the first that is not there, and that is to be the one which explains the other.
  const adoption = await checkAdoption(config.fleet);
  const existing = await readExistingSecrets(config.existing, { namespace: config.fleet.namespace, images });
  const issues = [...adoption.issues, ...existing.issues];
  // Without the credential of a Secret that is refused, no registry's no would say anything.
  const registries =
    existing.issues.length > 0 ? { refusals: [], warnings: [] } : await (asked ?? askRegistries(existing.secrets));
  const pulled = [...images, ...(config.chart ? [config.chart.reference] : [])];
  const unused = unusedRegistries(pullCredentials(config.registries, []), pulled);
  const expiring = expiryWarnings(config.registries, new Date());
  await warn([...adoption.warnings, ...expiring, ...unused, ...registries.warnings]);
  const refusals = [...inKeys(issues), ...registries.refusals];
  if (refusals.length > 0) throw new UserError(refusals);
  // What was read of other people's Secrets stops here.
  return { uid, images, existing: existing.secrets.map(({ name, revision }) => ({ name, revision })) };
}
