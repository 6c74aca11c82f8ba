import { Mask } from "../registry/mask";
import { secretKeys } from "./keys";
import type { RawConfig } from "./reader";

/** A username of fewer characters is a word like others, that images have too; sentences name no secret one anyway. */
const tokenLength = 8;

/** Hides every secret of a stack's configuration: what is encrypted in its file, and what should be. */
export function stackMask(project: string, { values, isSecret }: RawConfig): Mask {
  const hidden = secretKeys.map((key) => `${project}:${key}`);
  const secrets = Object.keys(values).flatMap((key) => {
    if (!hidden.includes(key) && !isSecret(key)) return [];
    const value = parse(values[key] ?? "");
    // Nobody can tell which part of it is encrypted; the usernames may be.
    return key === `${project}:registries` ? tokensIn(value) : leavesOf(value);
  });
  return new Mask(secrets);
}

/** The value of JSON; text that is none is a text value. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const tokensIn = (registries: unknown): readonly string[] =>
  typeof registries === "object" && registries !== null
    ? Object.values(registries as Readonly<Record<string, { readonly username?: unknown } | null>>)
        .map((registry) => registry?.username)
        .filter((username) => typeof username === "string" && username.length >= tokenLength)
        .map(String)
    : leavesOf(registries);

/** The keys of a map are servers and names of settings. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
