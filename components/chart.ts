import * as pulumi from "@pulumi/pulumi";
import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release";
import type { FleetArgs } from "./fleet-args";

/** Fleet's own chart repository, and the version that this program was made and measured with. */
export const fleetChart = {
  name: "fleet",
  repository: "https://fleetdm.github.io/fleet/charts",
  version: "7.0.2",
} as const;

export type ChartArgs = Pick<
  FleetArgs,
  "chart" | "chartRepository" | "chartVersion" | "chartUsername" | "chartPassword"
>;

/** A folder or an archive on this machine, an OCI registry, or a chart repository: told by how the chart is written. */
export function chartKind(chart: string): "local" | "oci" | "repository" {
  if (/^\.{0,2}\/|\.tgz$/.test(chart)) return "local";
  return chart.startsWith("oci://") ? "oci" : "repository";
}

/** Where the release takes its chart from. */
export function releaseChart(args: ChartArgs): Pick<ReleaseArgs, "version" | "repositoryOpts"> & { chart: string } {
  const chart = args.chart ?? fleetChart.name;
  const kind = chartKind(chart);
  if (kind === "local") return { chart };
  const version = args.chartVersion ?? fleetChart.version;
  // `name/chart` is a repository that was added to Helm on this machine.
  const isNamed = kind === "oci" || chart.includes("/");
  const opts = { ...(!isNamed && { repo: args.chartRepository ?? fleetChart.repository }), ...login(args) };
  return { chart, version, ...(Object.keys(opts).length > 0 && { repositoryOpts: opts }) };
}

function login({ chartUsername, chartPassword }: ChartArgs) {
  if (chartUsername === undefined && chartPassword === undefined) return {};
  return { username: pulumi.secret(chartUsername ?? ""), password: pulumi.secret(chartPassword ?? "") };
}

/**
 * The first chart whose Deployment, migration Job and CronJob all take `imagePullSecrets`: the one of Fleet v4.67.3
 * (fleetdm/fleet pull request 28783). An older chart ignores the value without a word.
 */
export const oldestChartVersion = "6.6.1";
