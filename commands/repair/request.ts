import * as path from "node:path";
import { checkFlag, isStackName, stackNameFix, type Variables } from "../make-variables";

/** What a person asks for. */
export interface RepairRequest {
  readonly stack: string;
  /** Its configuration. @default the one that Pulumi finds */
  readonly configFile?: string;
  /** Whether the question is answered beforehand. */
  readonly yes: boolean;
}

/**
 * Reads a request from the variables that `make` hands on: `STACK`, `CONFIG_FILE` and `YES`.
 *
 * @returns the request, or every problem with it, one sentence each
 */
export function parseRepairRequest(variables: Variables): RepairRequest | readonly string[] {
  const { STACK: stack = "", CONFIG_FILE: configFile = "", YES: yes = "" } = variables;
  const problems = [
    stack === "" ? "STACK is not set; name the stack: make repair STACK=production" : undefined,
    stack === "" || isStackName(stack)
      ? undefined
      : `STACK is ${JSON.stringify(stack)}, which no stack is called; ${stackNameFix}: make repair STACK=production`,
    checkFlag(variables, "YES", "answer the question beforehand"),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) return problems;
  return { stack, yes: yes === "1", ...(configFile !== "" && { configFile: path.resolve(configFile) }) };
}
