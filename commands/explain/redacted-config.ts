import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../components/user-error";
import { isIssue, type Issue } from "../../registry/issue";
import { configFileMistake, isMap, readProject, readStackFile, stackFilePath, stacksWithFile } from "../stack-file";

/** A stack's configuration without its secrets: as the engine hands it to the program, with a placeholder for each. */
export interface RedactedConfig {
  readonly project: string;
  readonly values: Readonly<Record<string, string>>;
  /** The keys whose value, or something inside it, is encrypted. */
  readonly secretKeys: readonly string[];
  /** Environments (Pulumi ESC) that bring more configuration, which only the Pulumi CLI can open. */
  readonly environments: readonly string[];
}

/**
 * Stands for every encrypted value: no key, passphrase or login is needed to see which credential goes where. Every check
 * of a password, private key or certificate's key passes it.
 */
const placeholder = "-----BEGIN PRIVATE KEY----- placeholder of an encrypted value";

/** A username as a person is shown it. */
export const shownUsername = (username: string): string => (username === placeholder ? "(encrypted)" : username);

/**
 * Reads a stack's file over the defaults of its project.
 *
 * @param folder the project's
 * @param file the stack's, where it is not the one that Pulumi takes
 * @throws UserError when there is no such file or project, or it cannot be read
 */
export function readRedactedConfig(folder: string, stack: string, file?: string): RedactedConfig {
  const project = orRefuse(readProject(folder));
  const mistake = configFileMistake(file);
  if (mistake !== undefined) throw new UserError([mistake]);
  const stackFile = file ?? stackFilePath(project, stack);
  if (!fs.existsSync(stackFile)) {
    const stacks = stacksWithFile(project);
    const others = stacks.length === 0 ? "there is none here" : `the stacks here are ${stacks.join(", ")}`;
    throw new UserError(
      `The stack ${stack} has no ${path.basename(stackFile)}; ${others}: make explain STACK=${stacks[0] ?? "NAME"}`,
    );
  }
  const { config, environments } = orRefuse(readStackFile(project, stackFile));
  const entries = Object.entries({ ...project.defaults, ...config });
  return {
    project: project.name,
    values: Object.fromEntries(entries.map(([key, value]) => [key, asText(withoutSecrets(value))])),
    secretKeys: entries.filter(([, value]) => hasSecret(value)).map(([key]) => key),
    environments,
  };
}

function orRefuse<T extends object>(read: T | Issue): T {
  if (isIssue(read)) throw new UserError([read]);
  return read;
}

const isSecret = (value: unknown): boolean =>
  isMap(value) && Object.keys(value).length === 1 && typeof value.secure === "string";

function hasSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && Object.values(value).some(hasSecret);
}

function withoutSecrets(value: unknown): unknown {
  if (isSecret(value)) return placeholder;
  if (value instanceof Date) return `${value.toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** As the engine hands a value over: text as it is, everything else as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));
