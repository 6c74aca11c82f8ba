import { existsSync, statSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

import type { Helm } from "./helm";
import { isObject, textAt, type Json, type JsonObject } from "./property-values";
import type { Release } from "./release-values";

/** A chart as Helm takes it on its command line. */
export interface ChartReference {
  readonly name: string;
  /** Flags that say where to find it and which version. */
  readonly flags: readonly string[];
}

const isUrl = (text: string): boolean => /^([a-z][a-z0-9+.-]*:|\/)/i.test(text);
const isOci = (text: string): boolean => text.startsWith("oci://");

/** Finds out where a release's chart is. A password reaches Helm through a private file or standard input. */
export async function chartReference(helm: Helm, release: Release, folder: string): Promise<ChartReference> {
  const repository = isObject(release.repositoryOpts) ? release.repositoryOpts : undefined;
  const option = (key: string) => textAt(repository, key);
  const [repo, username, password] = [option("repo"), option("username"), option("password")];
  const version = textAt(release, "version").trim() || (release.devel === true ? ">0.0.0-0" : "");
  const flags = [
    ...(version === "" ? [] : ["--version", version]),
    ...(release.verify === true ? ["--verify"] : []),
    ...(textAt(release, "keyring") === "" ? [] : ["--keyring", textAt(release, "keyring")]),
    ...(["caFile", "certFile", "keyFile"] as const).flatMap((key) =>
      option(key) === "" ? [] : [`--${key.replace("File", "-file")}`, option(key)],
    ),
  ];
  const chart = textAt(release, "chart").trim();

  if (isOci(chart)) {
    if (username !== "" && password !== "") await logIn(helm, chart, username, password);
    return { name: chart, flags };
  }
  if (repo !== "" && isUrl(repo)) {
    if (username === "" || password === "") return { name: chart, flags: [...flags, "--repo", repo] };
    await addRepository(helm, { ...repository, name: "private", url: repo });
    return { name: `private/${chart}`, flags };
  }
  const name = repo !== "" && !chart.includes("/") ? `${repo}/${chart}` : chart;
  const isHere = isLocalChart(path.resolve(folder, name));
  if (!isHere && (path.isAbsolute(name) || name.startsWith(".")))
    throw new Error(`"${name}" not found, neither a chart's folder nor an archive`);
  return { name, flags };
}

/** An archive, or a folder with a Chart.yaml in it. */
function isLocalChart(file: string): boolean {
  if (!existsSync(file)) return false;
  return !statSync(file).isDirectory() || existsSync(path.join(file, "Chart.yaml"));
}

async function logIn(helm: Helm, chart: string, username: string, password: string): Promise<void> {
  helm.env.HELM_REGISTRY_CONFIG = helm.path("registry.json");
  const host = new URL(chart).host;
  await helm.run(["registry", "login", host, "--username", username, "--password-stdin"], password);
}

async function addRepository(helm: Helm, repository: JsonObject): Promise<void> {
  helm.env.HELM_REPOSITORY_CONFIG = await helm.write("repositories.yaml", { repositories: [repository] });
  helm.env.HELM_REPOSITORY_CACHE = helm.path("cache");
  await helm.run(["repo", "update"]);
}

/** The chart's own description, Chart.yaml. Throws when it cannot be had, or lacks a chart that it depends on. */
export async function showChart(helm: Helm, { name, flags }: ChartReference): Promise<JsonObject> {
  const chart = parse(await helm.run(["show", "chart", name, ...flags])) as Json;
  if (!isObject(chart)) throw new Error(`${name} has no Chart.yaml`);
  if (Array.isArray(chart.dependencies) && chart.dependencies.length > 0) await checkDependencies(helm, name);
  return chart;
}

async function checkDependencies(helm: Helm, name: string): Promise<void> {
  const listed = await helm.run(["dependency", "list", name, "--max-col-width", "0"]).catch(() => ""); // local charts only
  const rows = listed.split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));
  const missing = rows.filter((row) => row.at(-1) === "missing").map((row) => row[0]);
  if (missing.length > 0) {
    throw new Error(`missing in charts/, although Chart.yaml depends on it: ${missing.join(", ")}`);
  }
}
