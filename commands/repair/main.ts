import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/user-error";
import type { Clients } from "../explain/clients";
import { Pulumi } from "../rotate/pulumi";
import { listenForSignals } from "../rotate/signals";
import { askLine, Interrupted } from "../rotate/terminal-input";
import { main, say, step, table } from "../terminal";
import type { Finding, Findings } from "./findings";
import { Repair } from "./repair";
import { parseRepairRequest, type RepairRequest } from "./request";

/** `make repair`: takes away what a killed `pulumi up` has left, in the project of the current folder. */
export function repair(clients: Clients): void {
  main(async () => {
    const request = parseRepairRequest(process.env);
    if (!("stack" in request)) throw new UserError(request);
    const pulumi = new Pulumi(process.cwd());
    const interrupted = listenForSignals(pulumi);
    let work: Repair | undefined;
    try {
      work = await Repair.connect(request, pulumi, clients);
      await repairStack(request, work, interrupted);
    } catch (error) {
      if (!interrupted.aborted) throw error;
      say(`Interrupted: what was not begun is as it was; run make repair STACK=${request.stack} again.`);
      process.exitCode = 130;
    } finally {
      work?.close();
    }
  });
}

async function repairStack(request: RepairRequest, work: Repair, interrupted: AbortSignal): Promise<void> {
  let looked = await step(`Looking at ${request.stack} and its namespace ${work.namespace}`, () => work.look());
  if (request.yes) looked = await waitForHelm(work, looked, interrupted);
  const { findings, kept } = looked;
  if (findings.length > 0) {
    const rows = findings.map(({ found, done }) => [found, done]);
    process.stdout.write(`${table([["found", "what is done"], ...rows])}\n`);
    await confirm(request, findings, interrupted);
    for (const finding of findings) {
      if (interrupted.aborted) throw new Interrupted();
      await step(`${finding.found}: ${finding.done}`, () => work.take(finding));
    }
    const after = await work.look();
    if (after.findings.length > 0) {
      const left = after.findings.map(({ found }) => found).join("\n");
      throw new UserError(`There is something again; run make repair once more:\n${left}`);
    }
  }
  for (const sentence of kept) say(sentence);
  if (kept.length > 0) process.exitCode = 1;
  else if (findings.length === 0) say(`nothing to repair in ${request.stack}`);
  else say(`repaired; pulumi up brings ${request.stack} to what its configuration says`);
}

/** Nobody who would know is asked, so Helm gets all the time that it may take: what outlives a killed `up` may still be at it. */
async function waitForHelm(work: Repair, first: Findings, signal: AbortSignal): Promise<Findings> {
  const busy = ({ findings }: Findings) =>
    findings.find((one) => one.kind === "helm revision" && one.busyUntil.getTime() > Date.now());
  const revision = busy(first);
  if (revision === undefined) return first;
  return step(`${revision.found}: waiting until Helm has ended it, or has had its time`, async () => {
    let looked = first;
    while (busy(looked) !== undefined) {
      await sleep(3000, undefined, { signal });
      looked = await work.look();
    }
    return looked;
  });
}

async function confirm(
  { stack, yes }: RepairRequest,
  findings: readonly Finding[],
  interrupted: AbortSignal,
): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new UserError(`Nobody can be asked here; to go on: make repair STACK=${stack} YES=1`);
  }
  const helm = findings.some(({ kind }) => kind === "helm revision")
    ? "Go on only if nothing works on the release any more: neither an update nor a plugin that outlived one.\n"
    : "";
  const asking = { terminal: process.stdin, output: process.stderr, interrupted };
  const answer = await askLine(`\n${helm}Repair ${stack}? [y/N] `, asking);
  if (!/^y(es)?$/i.test(answer)) throw new UserError("Nothing was changed.");
}
