import { appendFileSync } from "node:fs";
import * as process from "node:process";
import * as pulumi from "@pulumi/pulumi";
import { inProject } from "../config/keys";
import { currentMask } from "../config/load";
import { UserError } from "../components/user-error";
import { issueText, type Issue } from "../registry/issue";

/** One line of the file that `FLEET_ISSUES_FILE` names. */
export interface ReportedIssue extends Issue {
  readonly severity: "error" | "warning";
}

/** Shows warnings, without the secrets of the stack's configuration. */
export async function warn(issues: readonly Issue[]): Promise<void> {
  const shown = masked(issues);
  record("warning", shown);
  for (const issue of shown) await pulumi.log.warn(issueText(issue));
}

/** Runs the program, and records what it refuses. No secret of the stack's configuration is in what is thrown then. */
export async function recordingIssues<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const shown = masked(error.issues);
    record("error", shown);
    throw new UserError(shown.length > 0 ? shown : currentMask().text(error.message));
  }
}

function masked(issues: readonly Issue[]): readonly Issue[] {
  const mask = currentMask();
  return issues.map((issue) => inProject(pulumi.getProject(), mask.issue(issue)));
}

/** For `make rotate`, which goes by codes: the engine hands on nothing but the text. */
function record(severity: ReportedIssue["severity"], issues: readonly Issue[]): void {
  const file = process.env.FLEET_ISSUES_FILE;
  if (file === undefined || issues.length === 0) return;
  const reported = issues.map((issue): ReportedIssue => ({ severity, ...issue }));
  appendFileSync(file, reported.map((issue) => `${JSON.stringify(issue)}\n`).join(""));
}
