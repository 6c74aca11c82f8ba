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
 * @returns the request, or every problem with it, one sentence each
 */
export function parseExpiryRequest({ STACKS = "", DAYS = "" }: Variables): ExpiryRequest | readonly string[] {
  const stacks = [...new Set(STACKS.split(/[\s,]+/).filter((name) => name !== ""))];
  const problems = stacks
    .filter((name) => !isStackName(name))
    .map((name) => `STACKS names ${JSON.stringify(name)}, which no stack is called; ${stackNameFix}`);
  const days = DAYS === "" ? 14 : Number(DAYS);
  if (!Number.isInteger(days) || days < 0) {
    problems.push(`DAYS is ${DAYS}; set a whole number from 0 up, or leave it out for 14`);
  }
  return problems.length > 0 ? problems : { stacks, days };
}
