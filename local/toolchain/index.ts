export {
  type ClusterTools,
  ensureClusterTools,
  type RealTools,
  requireMachineTools,
  type SimulatedTools,
} from "./cluster-tools";
export { ensurePulumiTools, type PulumiTools } from "./pulumi-tools";
