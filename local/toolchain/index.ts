export { type ClusterTools, ensureClusterTools } from "./cluster-tools";
export { pluginsLine } from "./provider-plugins";
export { ensurePulumiTools, type PulumiTools } from "./pulumi-tools";
export { ensureSkopeo } from "./skopeo";
