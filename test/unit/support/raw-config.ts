import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { parseConfig, type StackConfig } from "../../../config/load";
import { issueText } from "../../../registry/issue";
import type { RawConfig } from "../../../config/reader";
import { secretKeys as programKeys } from "../../../config/keys";
import { checkout } from "../../../local/support/paths";

/** One key of `config:` in Pulumi.yaml. */
export interface ConfigKey {
  readonly description: string;
  readonly default: unknown;
}

/** `config:` of Pulumi.yaml. */
export const declaredKeys = (
  yaml.parse(fs.readFileSync(path.join(checkout, "Pulumi.yaml"), "utf8")) as {
    readonly config: Readonly<Record<string, ConfigKey>>;
  }
).config;

const secretKeys: readonly string[] = programKeys;

/** As the engine hands a value over: text as it is, everything else as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * What the engine hands over for a stack: the defaults of Pulumi.yaml, and the stack's own keys over them. Keys that
 * are to be encrypted count as encrypted when they are given.
 *
 * @param stack values by key; a key with `:` is taken as it is
 * @param encrypted more keys with something encrypted in them
 */
export function rawConfig(stack: Readonly<Record<string, unknown>>, encrypted: readonly string[] = []): RawConfig {
  const defaults = Object.entries(declaredKeys).map(([key, declared]) => [key, declared.default] as const);
  const values = Object.fromEntries(
    [...defaults, ...Object.entries(stack)].map(([key, value]) => [withProject(key), asText(value)]),
  );
  const secrets = Object.keys(stack).filter((key) => secretKeys.includes(key));
  const withSecrets = [...secrets, ...encrypted].map(withProject);
  return { values, isSecret: (key) => withSecrets.includes(key) };
}

const withProject = (key: string): string => (key.includes(":") ? key : `fleet:${key}`);

/** A stack without a mistake, which names what has no default. */
export const smallestStack: Readonly<Record<string, unknown>> = { imageTag: "v4.85.0" };

/** The configuration of a stack on top of the smallest one. */
export function configOf(stack: Readonly<Record<string, unknown>>, encrypted?: readonly string[]): StackConfig {
  return parseConfig("fleet", rawConfig({ ...smallestStack, ...stack }, encrypted)).config;
}

/** What a stack on top of the smallest one is told, as it is printed. */
export function messagesOf(stack: Readonly<Record<string, unknown>>, encrypted?: readonly string[]): readonly string[] {
  const { issues } = parseConfig("fleet", rawConfig({ ...smallestStack, ...stack }, encrypted));
  return issues.map(issueText);
}
