import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { nodeKind } from "../local/cluster";
import { bold, red, say, table } from "../commands/terminal";
import { UserError } from "../components/user-error";

import { faultFolder } from "./support/fault";
import { open } from "./support/session";

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, in words: repeated at the end, since the level's own output is far above by then. */
  failures?: readonly string[];
}

/** Why the levels that need a cluster cannot run. */
interface Obstacle {
  readonly message: string;
  /** Nothing is broken: this machine is not one for them. */
  readonly isExpected: boolean;
}

type Result = readonly [level: string, totals: Totals, time: string];

interface Level {
  readonly name: string;
  readonly command: readonly string[];
  /** The node that it needs, and with it the toolchain, Kubernetes and a registry on this machine. @default none */
  readonly node?: "any" | "real";
  /** It measures time, or disturbs: nothing runs beside it. */
  readonly isAlone?: boolean;
}

const mocha = (name: string, node: Level["node"], ...args: string[]): Level => ({
  name,
  node,
  command: [
    "mocha",
    "--reporter=test/support/totals-reporter.ts",
    // Mocha takes a required file of the command line before those of .mocharc.json, which teach Node TypeScript.
    ...(node !== undefined ? ["--require=tsx", "--require=test/support/session.ts"] : []),
    ...args,
  ],
});

const script = (name: string, file: string, node?: Level["node"]): Level => ({
  name,
  node,
  command: ["node", "--require", "tsx/cjs", file],
});

const longest = "faults-registry|existing-secret|make-local|rotate-many";

/** From the fastest to the slowest, so that a mistake shows early. */
const levels: readonly Level[] = [
  { name: "types", command: ["tsc", "--noEmit", "--noCheck", "false"] },
  { name: "lint", command: ["eslint", "."] },
  { name: "workflows", command: ["go", "run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"] },
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  script("stacks", "commands/check-stacks/main.ts"),
  mocha("unit", undefined, "test/unit/**/*.test.ts"),
  mocha("oracle", undefined, "test/oracle/**/*.test.ts"),
  mocha("chart", undefined, "test/chart/**/*.test.ts"),
  mocha("integration", "any", "--parallel", "--jobs=2", "test/integration/**/*.test.ts"),
  // Most of their time is waiting for a kubelet, so more at once than the machine has processors.
  // The longest files first: nothing else would be left to do beside them at the end.
  mocha("e2e", "real", "--parallel", "--jobs=4", `test/e2e/@(${longest}).test.ts`, `test/e2e/!(${longest}).test.ts`),
  // Those that disturb what the others use (an API server and a node that restart), or measure time.
  { ...mocha("e2e alone", "real", "test/e2e/alone/*.test.ts"), isAlone: true },
  // Compares what the end-to-end tests saw: there is nothing to compare where they cannot run.
  script("reliability", "test/reliability.ts", "real"),
];

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const checkoutBefore = gitStatus();
  const chosen = levels.filter(({ name }) => wanted.length === 0 || wanted.includes(name.split(" ", 1)[0] ?? name));
  const onCluster = chosen.filter(({ node }) => node !== undefined);
  // What both rows would build is built before them.
  if (onCluster[0] !== undefined) await obstacleOf(onCluster[0]);

  const results: Result[] = [];
  // Tests on a cluster mostly wait: the others run beside them, and what each prints is held back until it has ended.
  const others = runAll(
    chosen.filter(({ node }) => node === undefined),
    onCluster.length === 0 ? "at once" : "at the end",
  );
  for (const level of onCluster) {
    if (level.isAlone === true) await others;
    results.push(...(await runAll([level], "at once")));
  }
  results.unshift(...(await others));
  results.push(["clean checkout", cleanCheckout(checkoutBefore), ""]);

  const sum: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const [, totals] of results) for (const key of ["passed", "failed", "skipped"] as const) sum[key] += totals[key];

  const rows = results.map(([name, { passed, failed, skipped }, time]) =>
    [name, passed, failed, skipped, time].map(String),
  );
  process.stdout.write(`\n${table([["LEVEL", "PASSED", "FAILED", "SKIPPED", "TIME"], ...rows])}\n\n`);
  for (const [level, { failures = [] }] of results)
    for (const failure of failures) process.stdout.write(red(`${level}: ${failure}\n\n`));
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed${skipped}\n`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

async function runAll(chosen: readonly Level[], shown: "at once" | "at the end"): Promise<Result[]> {
  const results: Result[] = [];
  for (const level of chosen) {
    const start = performance.now();
    const title = `\n${bold(level.name)}`;
    if (shown === "at once") say(title);
    const obstacle = await obstacleOf(level);
    const output = shown === "at once" ? undefined : (text: string) => say(`${title}\n${text}`);
    const totals = obstacle === undefined ? await run(level, output) : cannotRun(level, obstacle);
    results.push([level.name, totals, `${((performance.now() - start) / 1000).toFixed(0)} s`]);
  }
  return results;
}

/** What git sees as changed or new, or why it does not tell. */
function gitStatus(): { readonly files?: string; readonly problem?: string } {
  const { status, stdout, stderr, error } = spawnSync("git", ["status", "--porcelain"], { encoding: "utf8" });
  return status === 0 ? { files: stdout } : { problem: `git status failed: ${error?.message ?? stderr.trim()}` };
}

/** The tests must add nothing to what git sees. */
function cleanCheckout(before: ReturnType<typeof gitStatus>): Totals {
  const after = gitStatus();
  const problem = before.problem ?? after.problem;
  if (problem !== undefined) {
    say(red(`WHETHER THE TESTS CHANGED THE CHECKOUT CANNOT BE TOLD HERE: ${problem}`));
    return { passed: 0, failed: 0, skipped: 1 };
  }
  if (after.files === before.files) return { passed: 1, failed: 0, skipped: 0 };
  return { passed: 0, failed: 1, skipped: 0, failures: [`the tests changed the checkout:\n${after.files}`] };
}

let prepared: Promise<undefined> | undefined;

/** Why a level cannot run on this machine. What the slow ones share is prepared before the first of them that can. */
async function obstacleOf({ node }: Level): Promise<Obstacle | undefined> {
  if (node === undefined) return undefined;
  try {
    if (node === "real" && nodeKind() === "simulated")
      throw new UserError("they need a real node, and this machine's is a simulated one");
    return await (prepared ??= open());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { message, isExpected: error instanceof UserError };
  }
}

/** Never silent: a machine without root runs the rest, continuous integration fails. What broke fails anywhere. */
function cannotRun(level: Level, { message, isExpected }: Obstacle): Totals {
  say(red(`${level.name.toUpperCase()} TESTS CANNOT RUN HERE: ${isExpected ? message.toUpperCase() : message}`));
  if (isExpected && process.env.CI !== "true") return { passed: 0, failed: 0, skipped: 1 };
  return { passed: 0, failed: 1, skipped: 0, failures: [message] };
}

/** @param output gets what the level prints, when it has ended; without one it is printed as it comes */
async function run({ name: level, command }: Level, output?: (text: string) => void): Promise<Totals> {
  // What the last run saw would hide a fault that no test meets any more.
  if (level === "e2e") fs.rmSync(faultFolder, { recursive: true, force: true });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "totals-"));
  const file = path.join(folder, "totals.json");
  try {
    const [name = "", ...args] = command;
    const stream = output === undefined ? "inherit" : "pipe";
    const child = spawn(name, args, {
      stdio: ["ignore", stream, stream],
      env: { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}`, MOCHA_TOTALS: file },
    });
    let text = "";
    for (const part of [child.stdout, child.stderr])
      part?.setEncoding("utf8").on("data", (more: string) => (text += more));
    const status = await new Promise<number | null>((resolve, reject) =>
      child.on("error", reject).on("close", resolve),
    );
    output?.(text);
    const totals = fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, "utf8")) as Totals)
      : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
    // A run that broke outside its tests, or ran none, has failed as well.
    const broken = (status !== 0 && totals.failed === 0) || totals.passed + totals.failed + totals.skipped === 0;
    return broken ? { ...totals, failed: totals.failed + 1 } : totals;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

void main();
