import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";
import { circumstances, writeDocument } from "./report";

const name = "soak.md";

const head = `# Under load, for long

Written by \`make test-soak\`, which runs every test in \`test/soak/\`. Each section is from the last run of its test.
`;

/**
 * Replaces one section of docs/soak.md, or adds it, and leaves the others as they are.
 * @param body Markdown without a second-level heading
 */
export async function reportSoak(title: string, body: string): Promise<void> {
  const file = path.join(checkout, "docs", name);
  const [, ...sections] = (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "").split(/^## /m);
  const others = sections.filter((section) => !section.startsWith(`${title}\n`));
  const section = `${title}\n\n${await circumstances()}\n\n${body}\n`;
  const all = [...others, section].sort().map((text) => `## ${text}`);
  await writeDocument(name, [head, ...all].join("\n"));
}
