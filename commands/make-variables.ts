/** What `make` hands on as environment: `STACK=dev` on its command line, or a variable that is set already. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A stack's name, or organization/name, or organization/project/name, as Pulumi takes it. */
export const isStackName = (name: string): boolean => /^([\w.-]+\/){0,2}[\w.-]+$/.test(name);

export const stackNameFix = 'use letters, digits, "-", "_" and "."';

/** What is wrong with a variable that is 1 or nothing, in one sentence. */
export function checkFlag(variables: Variables, name: string, purpose: string): string | undefined {
  const value = variables[name] ?? "";
  return value === "" || value === "1"
    ? undefined
    : `${name} is ${value}; set ${name}=1 to ${purpose}, or leave it out`;
}

export const jsonPurpose = "have JSON on standard output";
