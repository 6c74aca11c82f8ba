import * as util from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../registry/problem";

/**
 * A mistake in what the user gave: Pulumi prints the message alone, without a stack trace.
 *
 * A plain `RunError` does too, but only after the SDK has run `util.inspect` over it, which takes 15 s; the method
 * below answers at once.
 */
export class UserError extends pulumi.RunError {
  [util.inspect.custom](): string {
    return this.message;
  }
}

/** All problems at once, one sentence a line; then what are sentences already. */
export function userError(problems: readonly Problem[], sentences: readonly string[] = []): UserError {
  const all = [...problems.map(({ path, problem, fix }) => `${path} ${problem}; ${fix}`), ...sentences];
  return new UserError(all.join("\n"));
}
