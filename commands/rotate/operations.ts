import * as fs from "node:fs";
import type { Issue } from "../../registry/issue";
import { Mask } from "../../registry/mask";
import type { SecretText } from "../../registry/secret-text";
import { say, step } from "../terminal";
import type { Pulumi } from "./pulumi";
import { planText, question } from "./report";
import type { RotateRequest } from "./request";
import { isHopeless, type Operations, type Planned } from "./rotation";
import { readPreview } from "./stack-preview";
import type { Staging } from "./staging";
import { askLine } from "./terminal-input";
import { failureWords } from "./failure-words";
import { EventPipe } from "./event-pipe";
import type { RecordedUpdate } from "./wave-timeline";

/** What the operations of one rotation share. */
export interface RotationContext {
  readonly request: RotateRequest;
  /** The project's name. */
  readonly project: string;
  readonly password: SecretText;
  readonly pulumi: Pulumi;
  readonly staging: Staging;
  readonly interrupted: AbortSignal;
  /** How many there are, for the progress. */
  readonly stacks: number;
  /** What was updated, and when; filled as it happens, where it is asked for. */
  readonly recorded?: RecordedUpdate[];
}

/** The operations of a rotation, done with Pulumi and asked for at the terminal, with their progress. */
export function pulumiOperations(context: RotationContext): Operations {
  const { request, project, password, pulumi, staging, interrupted, stacks, recorded } = context;
  // Pulumi's words, and those of a provider or registry that it hands on.
  const mask = new Mask([password.reveal()]);
  const masked = (lines: readonly string[]) => lines.map((line) => mask.text(line));
  let previewed = 0;
  return {
    interrupted: () => interrupted.aborted,
    async stage(target) {
      const staged = await staging.stage(target, password);
      return typeof staged === "boolean" ? staged : masked(staged);
    },
    commit: (target) => staging.commit(target),
    async preview(target) {
      const start = performance.now();
      const args = ["preview", "--json", "--stack", target.stack, "--config-file", staging.configFile(target)];
      const file = staging.issuesFile(target);
      const result = await pulumi.run(args, undefined, { FLEET_ISSUES_FILE: file });
      const preview = readPreview(project, request.canonical, result, readIssues(file));
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(`  ${target.stack}: previewed, ${seconds} s (${++previewed} of ${stacks})`);
      const { words, warnings, others } = preview;
      return { ...preview, words: masked(words), warnings: masked(warnings), others: masked(others) };
    },
    confirm: (plan) => confirm(plan, context),
    async up(target) {
      let words: readonly string[] | undefined;
      const from = Date.now();
      const pipe = recorded === undefined ? undefined : EventPipe.open(staging.eventPipe(target));
      const args = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--color=never", "--stack", target.stack];
      await step(`${target.stack}: pulumi up`, async () => {
        const result = await pulumi.run([...args, ...(pipe?.args ?? [])], undefined, pipe?.env);
        if (result.code === 0) return;
        words = [...(interrupted.aborted ? ["interrupted"] : []), ...masked(failureWords(result))];
        throw new Error(words.join("\n"));
      }).catch((error: unknown) => {
        if (words === undefined) throw error;
      });
      const { stack, wave } = target;
      const steps = (await pipe?.end()) ?? [];
      recorded?.push({ stack, wave, from, to: Date.now(), failed: words !== undefined, steps });
      return words;
    },
  };
}

/** What the program told while it ran: one issue a line. */
function readIssues(file: string): readonly Issue[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Issue);
}

async function confirm(
  plan: readonly Planned[],
  { request, interrupted }: RotationContext,
): Promise<"yes" | "no" | "nobody"> {
  (request.json ? process.stderr : process.stdout).write(`\n${planText(plan)}\n`);
  const hasWork = plan.some(({ preview, fileChanges }) => preview.changes || fileChanges);
  if (plan.some(isHopeless) || !hasWork) return "no";
  if (request.yes) return "yes";
  if (!process.stdin.isTTY) return "nobody";
  const asked = `\n${question(request.server, plan)} [y/N] `;
  const answer = await askLine(asked, { terminal: process.stdin, output: process.stderr, interrupted });
  return /^y(es)?$/i.test(answer) ? "yes" : "no";
}
