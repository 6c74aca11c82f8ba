export { type ClusterTools, ensureClusterTools } from "./cluster-tools";
export { ensurePulumiTools, type PulumiTools } from "./pulumi-tools";
export { ensureSkopeo } from "./skopeo";
