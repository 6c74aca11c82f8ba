import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { step } from "../../commands/terminal";
import { ManyStacks, stackNames } from "../support/many-stacks";
import { descendants, readNow } from "../support/processes";
import { markdownTable } from "../support/report";
import { session } from "../support/session";

/** Stacks that are deployed; those beyond them are copies of the first one, which are only previewed. */
const deployed = 10;
const all = 50;
const parallel = 4;

/** One run of `make rotate`. */
interface Run {
  readonly outcome: string;
  readonly seconds: number;
  /** The largest sum of the memory of all its processes, in MB; what they share is counted once. */
  readonly megabytes: number;
}

/** `make rotate`: the previews of 1, 10 and 50 stacks, and the whole of it for 1 and 10; in Markdown. */
export async function benchManyStacks(): Promise<string> {
  const many = await step(`Deploying ${deployed} stacks`, () =>
    ManyStacks.create("rotate-bench", stackNames(deployed), "first-1a2b3c4d"),
  );
  try {
    for (const copy of stackNames(all).slice(deployed)) copyStack(many, "stack-01", copy);
    const unchanged = await rotate(many, stackNames(all).slice(-1), "first-1a2b3c4d");
    assert.equal(unchanged.outcome, "unchanged", "a copy of a stack is not what it is a copy of");

    const accept = async (password: string) => {
      for (const one of many.names) await many.accept(one, password);
    };
    const rows: (string | number)[][] = [];
    const measure = async (what: string, count: number, password: string, variables = {}) => {
      const run = await step(`${what}, ${count} of them`, () => rotate(many, stackNames(count), password, variables));
      assert.equal(run.outcome, "YES" in variables ? "rotated" : "nobody");
      rows.push([what, count, Number(run.seconds.toFixed(1)), `${run.megabytes.toFixed(0)} MB`]);
    };
    await accept("second-2b3c4d5e");
    for (const count of [1, 10, all]) await measure("previews only", count, "second-2b3c4d5e");
    await measure("previews, and updates in one wave", 10, "second-2b3c4d5e", { YES: "1" });
    await accept("third-3c4d5e6f");
    await measure("previews, and updates in one wave", 1, "third-3c4d5e6f", { YES: "1" });
    const head = ["what", "stacks", "seconds", "memory of all processes"];
    return `## \`make rotate\`, ${parallel} stacks at a time

${markdownTable([head, ...rows])}

Once each. Of the ${all} stacks, ${all - deployed} are copies of a deployed one's state: they are previewed, never updated.
`;
  } finally {
    await many.remove();
  }
}

/** A stack with another's configuration and state. */
function copyStack(many: ManyStacks, from: string, to: string): void {
  const states = path.join(many.folder, "state", ".pulumi", "stacks", "fleet");
  const state = fs.readFileSync(path.join(states, `${from}.json`), "utf8");
  const renamed = state
    .replaceAll(`urn:pulumi:${from}::`, `urn:pulumi:${to}::`)
    .replaceAll(`pulumi:pulumi:Stack::fleet-${from}`, `pulumi:pulumi:Stack::fleet-${to}`)
    .replaceAll(`organization/fleet/${from}`, `organization/fleet/${to}`);
  fs.writeFileSync(path.join(states, `${to}.json`), renamed);
  fs.copyFileSync(many.configFile(from), many.configFile(to));
}

function rotate(many: ManyStacks, stacks: readonly string[], password: string, variables = {}): Promise<Run> {
  return new Promise((resolve) => {
    const { server } = session().cluster.registry;
    const env = { ...many.env, SERVER: server, STACKS: stacks.join(","), JSON: "1", PARALLEL: String(parallel) };
    const start = performance.now();
    const child = spawn(process.execPath, many.command, {
      cwd: many.folder,
      env: { ...env, ...variables },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const { pid = 0 } = child;
    let megabytes = 0;
    const timer = setInterval(() => {
      const sum = [pid, ...descendants(pid)].reduce((total, one) => total + memoryOf(one), 0);
      megabytes = Math.max(megabytes, sum);
    }, 250);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stdin.end(password);
    child.on("close", () => {
      clearInterval(timer);
      const { outcome } = JSON.parse(stdout) as { outcome: string };
      resolve({ outcome, seconds: (performance.now() - start) / 1000, megabytes });
    });
  });
}

/** A process's share of the memory, in MB. */
function memoryOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readNow(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}
