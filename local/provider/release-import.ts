import { existsSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { Helm } from "./helm";
import { textAt, type Json, type JsonObject } from "./property-values";
import type { StoredRelease } from "./release-storage";
import { inputsOf, withDefaults, type Release } from "./release-values";
import type { Session } from "./session";

/** A release that Helm installed, with the inputs that would have made it. */
export async function importRelease(
  session: Session,
  release: Release,
  stored: StoredRelease,
): Promise<{ readonly release: Release; readonly inputs: JsonObject }> {
  const metadata = (key: string) => textAt(stored, "chart", "metadata", key);
  const [name, version] = [metadata("name"), metadata("version")];
  // Helm does not keep where a chart came from: it is looked for where the program and Helm keep theirs.
  const chart =
    inFolder(session.folder, name, version) ?? (await inRepositories(session, name, version).catch(() => undefined));
  const adopted = { ...release, chart: chart ?? name };
  return {
    release: adopted,
    inputs: withDefaults(inputsOf(adopted), session.defaultNamespace, session.env.HOME ?? os.homedir()),
  };
}

function inFolder(folder: string, name: string, version: string): string | undefined {
  const isChart = (file: string) =>
    file.endsWith(".tgz") ? existsSync(path.join(folder, file)) : existsSync(path.join(folder, file, "Chart.yaml"));
  return [`${name}-${version}`, `${name}-${version}.tgz`, name, `${name}.tgz`].find(isChart);
}

async function inRepositories(session: Session, name: string, version: string): Promise<string | undefined> {
  const found = await Helm.with(session, (helm) =>
    helm.run(["search", "repo", name, "--version", version, "--output", "json"]),
  );
  const charts = JSON.parse(found) as Json;
  const match = Array.isArray(charts) ? charts.find((chart) => textAt(chart, "name").endsWith(`/${name}`)) : undefined;
  return match === undefined ? undefined : textAt(match, "name");
}
