import * as path from "node:path";
import type { Issue } from "../../registry/issue";
import { checkFlag, isStackName, jsonPurpose, stackNameFix, type Variables } from "../make-variables";
import type { ExplainOptions } from "./explain-stack";

/** What a person asks for. */
export interface ExplainRequest extends Pick<ExplainOptions, "stack" | "configFile" | "publicImages"> {
  /** Whether one JSON document is the whole standard output. */
  readonly json: boolean;
}

/**
 * Reads a request from the variables that `make` hands on: `STACK` (dev by default), `CONFIG_FILE`, `PUBLIC` and `JSON`.
 *
 * @returns the request, or every problem with it
 */
export function parseExplainRequest(variables: Variables): ExplainRequest | readonly Issue[] {
  const { STACK: given = "", CONFIG_FILE: configFile = "", PUBLIC: publicImages = "", JSON: json = "" } = variables;
  const stack = given === "" ? "dev" : given;
  const problems = [
    ...(isStackName(stack)
      ? []
      : [
          {
            code: "malformed" as const,
            place: "STACK",
            sentence: `is ${JSON.stringify(stack)}, which no stack is called`,
            fix: `${stackNameFix}: make explain STACK=dev`,
          },
        ]),
    ...checkFlag(variables, "JSON", jsonPurpose),
  ];
  if (problems.length > 0) return problems;
  return {
    stack,
    json: json === "1",
    publicImages: publicImages.split(/[\s,]+/).filter((image) => image !== ""),
    ...(configFile !== "" && { configFile: path.resolve(configFile) }),
  };
}
