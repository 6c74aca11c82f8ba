import type { Issue } from "../../registry/issue";
import { isStackName, stackNameFix, type Variables } from "../make-variables";

/** What a person asks for. */
export interface ExpiryRequest {
  /** None: every stack that has a file. */
  readonly stacks: readonly string[];
  /** How many days ahead an end is a failure. */
  readonly days: number;
}

/**
 * Reads a request from the variables that `make` hands on: `STACKS`, with blanks or commas between them, and `DAYS` (14 by default).
 *
 * @returns the request, or every problem with it
 */
export function parseExpiryRequest({ STACKS = "", DAYS = "" }: Variables): ExpiryRequest | readonly Issue[] {
  const stacks = [...new Set(STACKS.split(/[\s,]+/).filter((name) => name !== ""))];
  const problems = stacks
    .filter((name) => !isStackName(name))
    .map((name): Issue => {
      const sentence = `names ${JSON.stringify(name)}, which no stack is called`;
      return { code: "malformed", place: "STACKS", sentence, fix: stackNameFix };
    });
  const days = DAYS === "" ? 14 : Number(DAYS);
  if (!Number.isInteger(days) || days < 0) {
    const fix = "set a whole number from 0 up, or leave it out for 14";
    problems.push({ code: "malformed", place: "DAYS", sentence: `is ${DAYS}`, fix });
  }
  return problems.length > 0 ? problems : { stacks, days };
}
