import * as fs from "node:fs";
import type { Issue } from "../../registry/issue";
import { say, step } from "../terminal";
import type { Pulumi } from "./pulumi";
import { planText, question } from "./report";
import type { RotateRequest } from "./request";
import { isHopeless, type Operations, type Planned } from "./rotation";
import { readPreview } from "./stack-preview";
import type { Staging } from "./staging";
import { askLine } from "./terminal-input";
import { failureWords } from "./failure-words";

/** What the operations of one rotation share. */
export interface RotationContext {
  readonly request: RotateRequest;
  /** The project's name. */
  readonly project: string;
  readonly password: string;
  readonly pulumi: Pulumi;
  readonly staging: Staging;
  readonly interrupted: AbortSignal;
  /** How many there are, for the progress. */
  readonly stacks: number;
}

/** The operations of a rotation, done with Pulumi and asked for at the terminal, with their progress. */
export function pulumiOperations(context: RotationContext): Operations {
  const { request, project, password, pulumi, staging, interrupted, stacks } = context;
  let previewed = 0;
  return {
    interrupted: () => interrupted.aborted,
    stage: (target) => staging.stage(target, password),
    commit: (target) => staging.commit(target),
    async preview(target) {
      const start = performance.now();
      const args = ["preview", "--json", "--stack", target.stack, "--config-file", staging.configFile(target)];
      const file = staging.issuesFile(target);
      const result = await pulumi.run(args, undefined, { FLEET_ISSUES_FILE: file });
      const preview = readPreview(project, request.canonical, result, readIssues(file));
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(`  ${target.stack}: previewed, ${seconds} s (${++previewed} of ${stacks})`);
      return preview;
    },
    confirm: (plan) => confirm(plan, context),
    async up(target) {
      let words: readonly string[] | undefined;
      const args = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--color=never", "--stack", target.stack];
      await step(`${target.stack}: pulumi up`, async () => {
        const result = await pulumi.run(args);
        if (result.code === 0) return;
        words = [...(interrupted.aborted ? ["interrupted"] : []), ...failureWords(result)];
        throw new Error(words.join("\n"));
      }).catch((error: unknown) => {
        if (words === undefined) throw error;
      });
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
