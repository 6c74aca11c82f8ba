import * as fs from "node:fs";
import * as semver from "semver";
import * as yaml from "yaml";
import { chartKind, fleetChart, oldestChartVersion } from "../components/chart";
import { readChartYaml } from "./chart-archive";
import type { Issue } from "../registry/issue";
import { hasUserInfo, withoutUserInfo } from "../registry/user-info";
import type { ConfigReader } from "./reader";

export interface ReadChart {
  readonly chart: string;
  readonly chartRepository?: string;
  /** Of a folder or an archive, its own. */
  readonly chartVersion?: string;
}

/** Where the chart comes from, told by how it is written; refused where it could not work. */
export function readChart(reader: ConfigReader): ReadChart {
  refuseUserInfo(reader, "chart");
  const chart = withoutUserInfo(reader.text("chart") ?? fleetChart.name);
  const version = reader.text("chartVersion") ?? fleetChart.version;
  const mistake = addressMistake(chart);
  if (mistake !== undefined) {
    reader.refuseFor("chart", mistake);
    return { chart, chartVersion: version };
  }
  if (chartKind(chart) === "local") {
    const version = localVersion(reader, chart);
    refuseOld(reader, "chart", version);
    return { chart, ...(version !== undefined && { chartVersion: version }) };
  }
  if (semver.valid(version) === null) {
    reader.refuse(
      "chartVersion",
      "malformed",
      `is ${version}, which is no exact version`,
      `write one, for example "${fleetChart.version}"`,
    );
  }
  refuseOld(reader, "chartVersion", version);
  // Helm would take it without a word, whatever the repository and the version say.
  if (fs.existsSync(chart))
    reader.refuse(
      "chart",
      "malformed",
      `is a folder or file here too (${chart})`,
      `write ./${chart} for it, or move it away`,
    );
  // A port is no tag: what is before the first "/" is the server.
  if (/^oci:\/\/[^/]*\/.*[:@]/.test(chart))
    reader.refuse("chart", "malformed", "has a tag or digest", "remove it: fleet:chartVersion is for that");
  if (chartKind(chart) === "oci") return { chart, chartVersion: version };
  // `name/chart` is a repository that was added to Helm on this machine.
  if (!chart.includes("/")) refuseUserInfo(reader, "chartRepository");
  const repository = chart.includes("/") ? undefined : (reader.text("chartRepository") ?? fleetChart.repository);
  if (repository?.startsWith("oci://")) {
    const whole = `${withoutUserInfo(repository).replace(/\/+$/, "")}/${chart}`;
    const fix = `pulumi config set chart ${whole}, and pulumi config rm chartRepository`;
    reader.refuse(
      "chartRepository",
      "malformed",
      "is an OCI registry, which Helm knows only as a part of the chart",
      fix,
    );
  }
  if (repository !== undefined && !/^[a-z][a-z0-9+.-]*:\/\//i.test(repository))
    reader.refuse("chartRepository", "malformed", "has no scheme", `write it as ${fleetChart.repository}`);
  return { chart, ...(repository !== undefined && { chartRepository: repository }), chartVersion: version };
}

/** What is wrong with an address that names no chart. */
function addressMistake(chart: string): Issue | undefined {
  if (/^https?:\/\//i.test(chart)) {
    const fix = "name the chart alone, and its repository in fleet:chartRepository";
    return { code: "malformed", sentence: "is a web address", fix };
  }
  // Without a "/", a registry with the version behind it would be one of Docker Hub's own images.
  if (/^oci:\/\/[^/]*\/*$/.test(chart)) {
    const fix = "write both, for example oci://registry.example.com/charts/fleet";
    return { code: "malformed", sentence: "is a registry without a chart", fix };
  }
  return undefined;
}

function refuseOld(reader: ConfigReader, key: string, version: string | undefined): void {
  if (version === undefined || semver.valid(version) === null || semver.gte(version, oldestChartVersion)) return;
  reader.refuse(
    key,
    "malformed",
    `is chart version ${version}, which ignores imagePullSecrets without a word`,
    `use ${oldestChartVersion} or newer, for example ${fleetChart.version}`,
  );
}

function localVersion(reader: ConfigReader, chart: string): string | undefined {
  try {
    const version = (yaml.parse(readChartYaml(chart)) as { version?: unknown } | null)?.version;
    if (typeof version === "string") return version;
    reader.refuse(
      "chart",
      "malformed",
      `has no version in its Chart.yaml (${chart})`,
      "name the folder or archive of a Helm chart",
    );
  } catch {
    reader.refuse(
      "chart",
      "malformed",
      `is not a Helm chart (${chart})`,
      "name a folder with a Chart.yaml or an archive (.tgz), relative to the project's folder",
    );
  }
  return undefined;
}

/** Refuses an address with a login in it: it would stand in the state, in previews and in logs. */
function refuseUserInfo(reader: ConfigReader, key: "chart" | "chartRepository"): void {
  if (!hasUserInfo(reader.text(key) ?? "")) return;
  reader.refuse(
    key,
    "not-encrypted",
    "has a login in its address, which anyone can read",
    "remove it, set a new one with pulumi config set --secret chartPassword, and its name with pulumi config set chartUsername",
  );
}
