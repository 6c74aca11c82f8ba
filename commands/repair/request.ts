import * as path from "node:path";
import type { Issue } from "../../registry/issue";
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
 * @returns the request, or every issue with it
 */
export function parseRepairRequest(variables: Variables): RepairRequest | readonly Issue[] {
  const { STACK: stack = "", CONFIG_FILE: configFile = "", YES: yes = "" } = variables;
  const example = "make repair STACK=production";
  const issues = [...checkFlag(variables, "YES", "answer the question beforehand")];
  if (stack === "") {
    issues.unshift({ code: "missing", place: "STACK", sentence: "is not set", fix: `name the stack: ${example}` });
  } else if (!isStackName(stack)) {
    const sentence = `is ${JSON.stringify(stack)}, which no stack is called`;
    issues.unshift({ code: "malformed", place: "STACK", sentence, fix: `${stackNameFix}: ${example}` });
  }
  if (issues.length > 0) return issues;
  return { stack, yes: yes === "1", ...(configFile !== "" && { configFile: path.resolve(configFile) }) };
}
