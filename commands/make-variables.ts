import type { Issue } from "../registry/issue";

/** What `make` hands on as environment: `STACK=dev` on its command line, or a variable that is set already. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A stack's name, or organization/name, or organization/project/name, as Pulumi takes it. */
export const isStackName = (name: string): boolean => /^([\w.-]+\/){0,2}[\w.-]+$/.test(name);

export const stackNameFix = 'use letters, digits, "-", "_" and "."';

/** What is wrong with a variable that is 1 or nothing. */
export function checkFlag(variables: Variables, name: string, purpose: string): readonly Issue[] {
  const value = variables[name] ?? "";
  if (value === "" || value === "1") return [];
  return [
    { code: "malformed", place: name, sentence: `is ${value}`, fix: `set ${name}=1 to ${purpose}, or leave it out` },
  ];
}

export const jsonPurpose = "have JSON on standard output";
