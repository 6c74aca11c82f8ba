import type * as pulumi from "@pulumi/pulumi";

/** The account that a chart is pulled with; both parts are treated as secret. */
export interface ChartLogin {
  readonly username: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
}

/** Where a Helm chart comes from. */
export type ChartSource =
  /** A chart repository: `repository` is its URL (or none, where `name` is `repo/chart` and Helm knows `repo`). */
  | {
      readonly kind: "repository";
      readonly name: string;
      readonly repository?: string;
      readonly version: string;
      readonly login?: ChartLogin;
    }
  /** An OCI registry: `reference` begins with `oci://` and has no tag. A login needs the Kubernetes plugin 4.27 or newer. */
  | { readonly kind: "oci"; readonly reference: string; readonly version: string; readonly login?: ChartLogin }
  /** A folder or an archive on this machine, relative to the project's folder. */
  | { readonly kind: "local"; readonly path: string; readonly version?: string };

/** Fleet's own chart repository, and the version that this program was made and measured with. */
export const fleetChart = {
  kind: "repository",
  name: "fleet",
  repository: "https://fleetdm.github.io/fleet/charts",
  version: "7.0.2",
} as const satisfies ChartSource;

/**
 * The first chart whose Deployment, migration Job and CronJob all take `imagePullSecrets`: the one of Fleet v4.67.3
 * (fleetdm/fleet pull request 28783). An older chart ignores the value without a word.
 */
export const oldestChartVersion = "6.6.1";
