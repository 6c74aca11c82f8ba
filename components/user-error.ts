import * as util from "node:util";
import { RunError } from "@pulumi/pulumi/errors";
import { issueText, type Issue } from "../registry/issue";

/**
 * A mistake in what the user gave: Pulumi prints the message alone, one issue a line, without a stack trace.
 *
 * A plain `RunError` does too, but only after the SDK has run `util.inspect` over it, which takes 15 s; the method
 * below answers at once.
 */
export class UserError extends RunError {
  /** Empty for a sentence. */
  readonly issues: readonly Issue[];

  constructor(what: string | readonly Issue[]) {
    super(typeof what === "string" ? what : what.map(issueText).join("\n"));
    this.issues = typeof what === "string" ? [] : what;
  }

  [util.inspect.custom](): string {
    return this.message;
  }
}

/** @throws UserError unless there is no issue */
export function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new UserError(issues);
}
