export { checkAdoption, type AdoptionArgs } from "./adoption";
export { fleetChart, type ChartSource } from "./chart";
export { checkChart, type ChartCheckOptions } from "./chart-check";
export { clusterUid } from "./cluster";
export { Datastores, type Datastore, type DatastoresArgs } from "./datastores";
export { readExistingSecrets, type ExistingSecret, type ReadSecret } from "./existing-secrets";
export { Fleet } from "./fleet";
export type { Cache, Database, FleetArgs, SecretValue, Tls } from "./fleet-args";
export { ImagePullCheck, type CheckedImage, type ImagePullCheckArgs } from "./image-pull-check";
export { ImagePullSecrets, type ImagePullSecretsArgs, type Registry } from "./image-pull-secrets";
export { pulledImages } from "./images";
export {
  checkRegistryAccess,
  type PullCredential,
  type RegistryCheckArgs,
  type RegistryFindings,
} from "./registry-check";
export { expiryWarnings } from "./registry-expiry";
export { UserError } from "./user-error";
