export { type ClusterTools, ensureClusterTools, type RealTools, type SimulatedTools } from "./cluster-tools";
export { requireMachineTools } from "./machine";
export { pluginsLine } from "./provider-plugins";
export { ensurePulumiTools, type PulumiTools } from "./pulumi-tools";
export { ensureSkopeo } from "./skopeo";
