export {
  type ClusterTools,
  ensureClusterTools,
  type RealTools,
  requireMachineTools,
  type SimulatedTools,
} from "./cluster-tools";
export { pluginsLine } from "./provider-plugins";
export { ensurePulumiTools, type PulumiTools } from "./pulumi-tools";
export { ensureSkopeo } from "./skopeo";
