export { fleetChart } from "./chart";
export { Datastores, type Datastore, type DatastoresArgs } from "./datastores";
export { Fleet } from "./fleet";
export type {
  Cache,
  ClientCertificate,
  Database,
  DatabaseTls,
  FleetArgs,
  PulledImage,
  SecretKey,
  Tls,
  VulnProcessing,
} from "./fleet-args";
export { ImagePullCheck, type CheckedImage, type ImagePullCheckArgs } from "./image-pull-check";
export { ImagePullSecrets } from "./image-pull-secrets";
export type { ExistingSecret, ImagePullSecretsArgs, Registry } from "./image-pull-secrets-args";
export { pulledImages } from "./images";
export { UserError } from "./user-error";
