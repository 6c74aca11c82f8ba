import * as yaml from "yaml";
import { foreignText } from "../../registry/foreign-text";
import type { Manifest } from "../coverage";
import { tryRun } from "../process";
import { UserError } from "../../components/user-error";
import type { ReleaseInputs } from "./program";

/**
 * Renders a release's chart with the real `helm template`: subcharts and hooks, those of `helm test` too, are in it.
 *
 * @throws UserError with Helm's own words when it refuses the chart or the values
 */
export async function renderRelease(
  helm: string,
  { chart, version, repositoryOpts, name, namespace, values }: ReleaseInputs,
): Promise<{ readonly text: string; readonly manifests: readonly Manifest[] }> {
  const flags = [
    `--namespace=${namespace}`,
    ...(version === undefined ? [] : [`--version=${version}`]),
    ...(repositoryOpts?.repo === undefined ? [] : [`--repo=${repositoryOpts.repo}`]),
    "--values=-",
  ];
  const { code, stdout, stderr } = await tryRun(helm, ["template", name, chart, ...flags], {
    input: JSON.stringify(values),
  });
  if (code !== 0) {
    const words = stderr
      .trim()
      .replace(/^Error: /, "")
      .replace(/\s*Use --debug flag to render out invalid YAML$/, "")
      .replace(/\s*\n\s*/g, " ");
    throw new UserError(`Helm cannot render the chart ${chart}: ${foreignText(words, 2000)}`);
  }
  return { text: stdout, manifests: parseManifests(stdout) };
}

/** Objects of a text with several YAML documents. Of keys that are there twice the last counts, as for Helm. */
export function parseManifests(text: string): readonly Manifest[] {
  return yaml
    .parseAllDocuments(text, { uniqueKeys: false, merge: true })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}
