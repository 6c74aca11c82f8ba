export { fleetChart } from "./chart";
export type { ClientCertificate, DatabaseTls } from "./database-tls";
export { Datastores, type Datastore, type DatastoresArgs } from "./datastores";
export { Fleet } from "./fleet";
export type { Cache, Database, FleetArgs, PulledImage, SecretKey, Tls, VulnProcessing } from "./fleet-args";
export { ImagePullCheck, type CheckedImage, type ImagePullCheckArgs } from "./image-pull-check";
export { ImagePullSecrets, type ExistingSecret, type ImagePullSecretsArgs, type Registry } from "./image-pull-secrets";
export { pulledImages } from "./images";
export { UserError } from "./user-error";
