import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { kubectl } from "../../local/session";
import { checkout } from "../../local/support/paths";
import { run } from "../../commands/process";
import { timelineSvg, type Timeline } from "../../commands/timeline";
import { session } from "./session";

/** Writes a document of `docs/` that a run of tests or measurements makes. */
export async function writeDocument(name: string, text: string): Promise<void> {
  const file = path.join(checkout, "docs", name);
  fs.writeFileSync(file, text);
  await run(path.join(checkout, "node_modules", ".bin", "prettier"), ["--write", file]);
}

/** Draws what a run has recorded into a file of `docs/`. */
export function writeDrawing(name: string, timeline: Timeline): void {
  fs.writeFileSync(path.join(checkout, "docs", name), timelineSvg(timeline));
}

/** When and on what it was run; nothing that names the machine. */
export async function circumstances(): Promise<string> {
  const { serverVersion } = await kubectl<{ serverVersion: { gitVersion: string } }>(session(), ["version"]);
  const { tools } = session();
  const { FLEET_CHART: chart } = process.env;
  const facts = [
    `${os.cpus().length} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `Linux ${os.release()}`,
    `Node.js ${process.versions.node}`,
    `Kubernetes ${serverVersion.gitVersion} of one node, kube-proxy in iptables mode with its default settings`,
    `Pulumi ${(await run(tools.pulumi, ["version"], { env: tools.env })).trim()}`,
    tools.plugins.map(({ name, version }) => `${name} plugin ${version}`).join(", "),
    chart === undefined || chart === "" ? "this project's test chart" : "the chart of `FLEET_CHART`",
    "this project's small image of Fleet",
  ];
  return `Run on ${new Date().toISOString().slice(0, 10)}: ${facts.join("; ")}.`;
}

/** A Markdown table, its first row the head; numbers are aligned to the right. */
export function markdownTable(rows: readonly (readonly (string | number)[])[]): string {
  const [first = [], ...rest] = rows;
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = first.map((_, i) => (typeof rest[0]?.[i] === "number" ? "---:" : "---"));
  return [line(first), line(rule), ...rest.map(line)].join("\n");
}
