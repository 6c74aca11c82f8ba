import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { kubectl } from "../../local/session";
import { checkout } from "../../local/support/paths";
import { run } from "../../local/support/run";
import { session } from "./session";

const file = path.join(checkout, "docs", "soak.md");

const head = `# Under load, for long

Written by \`make test-soak\`, which runs every test in \`test/soak/\`. Each section is from the last run of its test.
`;

/**
 * Replaces one section of docs/soak.md, or adds it, and leaves the others as they are.
 * @param body Markdown without a second-level heading
 */
export async function reportSoak(title: string, body: string): Promise<void> {
  const [, ...sections] = (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "").split(/^## /m);
  const others = sections.filter((section) => !section.startsWith(`${title}\n`));
  const section = `${title}\n\n${await circumstances()}\n\n${body}\n`;
  const all = [...others, section].sort().map((text) => `## ${text}`);
  fs.writeFileSync(file, [head, ...all].join("\n"));
  await run(path.join(checkout, "node_modules", ".bin", "prettier"), ["--write", file]);
}

/** When and on what; nothing that names the machine. */
async function circumstances(): Promise<string> {
  const { serverVersion } = await kubectl<{ serverVersion: { gitVersion: string } }>(session(), ["version"]);
  const { FLEET_CHART: chart } = process.env;
  const facts = [
    `${os.cpus().length} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `Linux ${os.release()}`,
    `Kubernetes ${serverVersion.gitVersion} of one node, kube-proxy in iptables mode with its default settings`,
    session()
      .tools.plugins.map(({ name, version }) => `${name} plugin ${version}`)
      .join(", "),
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
