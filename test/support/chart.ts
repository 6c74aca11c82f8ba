import * as fs from "node:fs";
import * as path from "node:path";
import { stateDir } from "../../local/support/paths";
import { run } from "../../commands/process";

/** This project's small chart, with the same values, names and hooks as Fleet's. */
const fixture = "./test/fixtures/charts/fleet";

let pulled: Promise<string> | undefined;

/** The chart under test: what `FLEET_CHART` names (a folder, an archive, `repo/name` or `oci://…`), or the fixture. */
export function chart(): Promise<string> {
  const named = process.env.FLEET_CHART;
  if (named === undefined || named === "") return Promise.resolve(fixture);
  if (fs.existsSync(named)) return Promise.resolve(path.resolve(named));
  return (pulled ??= pull(named));
}

/** Pulled once with the user's own Helm, which knows the repositories and the logins: the tests' Helm has homes of its own. */
async function pull(reference: string): Promise<string> {
  const folder = path.join(stateDir, "test", "chart");
  fs.rmSync(folder, { recursive: true, force: true });
  await run("helm", ["pull", reference, "--untar", "--destination", folder]);
  const [name] = fs.readdirSync(folder).filter((entry) => fs.statSync(path.join(folder, entry)).isDirectory());
  if (name === undefined) throw new Error(`helm pull ${reference} left no chart`);
  return path.join(folder, name);
}
