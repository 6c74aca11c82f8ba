import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { checkout } from "../local/support/paths";
import { main, say } from "../commands/terminal";
import { UserError } from "../components/user-error";
import { faultFolder, type FaultLine } from "./support/fault";

const page = path.join(checkout, "docs", "reliability.md");
const [begin, end] = ["<!-- faults: written by the test run -->", "<!-- end of faults -->"];

/** The parts in the order in which a reader meets them; within a part the lines are in alphabetical order. */
const parts = ["Credentials", "Referenced Secrets", "Registry", "Cluster", "Pulumi", "Fleet"];

/** What came of each fault: without the words of registries and of the container runtime, and without the tables' form. */
const outcomes = (text: string): string =>
  text
    .replace(/\b(refused|stops): [^|]*/g, "$1")
    .replace(/-{2,}/g, "--")
    .replace(/ +/g, " ");

/**
 * Compares the outcomes in docs/reliability.md with what the end-to-end tests of this run saw; `--write` writes the page. A fault
 * without a line, or a line without a test, is a difference too.
 */
main(async () => {
  const text = fs.readFileSync(page, "utf8");
  const [before, rest = ""] = text.split(begin);
  const [, after] = rest.split(end);
  if (before === undefined || after === undefined) throw new UserError(`${page} has lost its marks.`);
  const made = `${before}${begin}\n\n${tables(readLines())}\n${end}${after}`;
  const wanted = await prettier.format(made, { ...(await prettier.resolveConfig(page)), filepath: page });
  if (process.argv.includes("--write")) fs.writeFileSync(page, wanted);
  else if (outcomes(wanted) !== outcomes(text)) {
    say(wanted.slice(wanted.indexOf(begin)));
    throw new UserError(
      "docs/reliability.md differs from what this run saw, above; write it with make reliability, and read the change.",
    );
  }
});

function readLines(): FaultLine[] {
  if (!fs.existsSync(faultFolder)) throw new UserError("No test has met a fault yet; run make test-e2e first.");
  return fs
    .readdirSync(faultFolder)
    .sort()
    .map((name) => JSON.parse(fs.readFileSync(path.join(faultFolder, name), "utf8")) as FaultLine);
}

function tables(lines: readonly FaultLine[]): string {
  const unknown = lines.filter(({ part }) => !parts.includes(part));
  if (unknown.length > 0) throw new Error(`No such part: ${unknown.map(({ part }) => part).join(", ")}`);
  return parts
    .map((part) => lines.filter((line) => line.part === part))
    .filter((own) => own.length > 0)
    .map((own) =>
      [
        `### ${own[0]?.part}\n`,
        "| fault | `pulumi preview` | `pulumi up` | Fleet meanwhile | what it took |",
        "|---|---|---|---|---|",
        ...own.map(({ fault, preview, up, fleet, repair }) => row([fault, preview, up, fleet, repair])),
        "",
      ].join("\n"),
    )
    .join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
