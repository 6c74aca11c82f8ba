/** What the index of a chart repository says of one chart. */
export type IndexAnswer =
  | { readonly kind: "versions"; readonly versions: readonly string[] }
  /** It has no such chart, but these. */
  | { readonly kind: "charts"; readonly charts: readonly string[] };

/**
 * Finds a chart in a repository's `index.yaml`, as Helm and its tools write it: in block style, one line for each chart and
 * each version. Line by line, since to parse an index of some hundred versions takes longer than all else in a preview.
 *
 * @returns nothing where the index is written in another way: then nothing is known for certain
 */
export function findInIndex(index: string, chart: string): IndexAnswer | undefined {
  const all = index.split(/\r?\n/);
  const start = all.findIndex((line) => line.startsWith("entries:"));
  if (/^entries: *\{\} *$/.test(all[start] ?? "")) return { kind: "charts", charts: [] };
  if (!/^entries: *$/.test(all[start] ?? "")) return undefined;
  const end = all.findIndex((line, i) => i > start && /^[^ #]/.test(line));
  const lines = all.slice(start + 1, end < 0 ? undefined : end).filter((line) => /^ *[^ #]/.test(line));

  const column = columnOf(lines[0] ?? "");
  const charts: string[] = [];
  const found: string[] = [];
  for (const line of lines) {
    // A list may begin in the column of its key.
    if (columnOf(line) > column || line.startsWith("- ", column)) {
      if (charts.at(-1) === chart) found.push(line);
      continue;
    }
    const [, , name] = /^(["']?)([\w.-]+)\1: *$/.exec(line.slice(column)) ?? [];
    if (name === undefined || charts.includes(name)) return undefined;
    charts.push(name);
  }
  if (charts.length === 0) return undefined;
  if (!charts.includes(chart)) return { kind: "charts", charts };
  const versions = versionsOf(found);
  return versions && { kind: "versions", versions };
}

/** The `version` of each item of a list; nothing unless each has exactly one. */
function versionsOf(lines: readonly string[]): readonly string[] | undefined {
  const [item = "", indent = ""] = /^( *)- +(?=[^ ])/.exec(lines[0] ?? "") ?? [];
  if (item === "") return undefined;
  const versions: string[] = [];
  let items = 0;
  for (const line of lines) {
    const isItem = line.startsWith(item) && columnOf(line) === indent.length;
    if (isItem) items++;
    else if (columnOf(line) < item.length) return undefined;
    // What is deeper belongs to a dependency or to a text.
    const [, , version] = /^version: +(["']?)(v?\d[\w.+-]*)\1 *$/.exec(line.slice(item.length)) ?? [];
    if (version !== undefined) versions.push(version);
    if (versions.length > items) return undefined;
  }
  return versions.length === items ? versions : undefined;
}

const columnOf = (line: string): number => line.search(/[^ ]|$/);
