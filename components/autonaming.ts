import * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../registry/issue";
import { asObject, type Values } from "./plain-values";

/** What is replaced under a new name: a new password would come under the name of the one before, which goes first then. */
const kinds = { Secrets: "kubernetes:core/v1:Secret", Jobs: "kubernetes:batch/v1:Job" } as const;

/** Random characters in a name, below which two names may well be the same. */
const enough = 4;

/**
 * What the engine's own setting `pulumi:autonaming` (its `autonaming/config.go`) takes from the names that this program counts on:
 * that each is another one. The setting `kubernetes:enableSecretMutable` needs no such check, since the provider replaces an
 * immutable Secret whatever it says (pulumi-kubernetes `provider/diff.go`).
 *
 * @param setting the setting as JSON. @default what the stack says
 */
export function checkAutonaming(setting = pulumi.runtime.allConfig()["pulumi:autonaming"]): readonly Issue[] {
  const given = parse(setting);
  const named = Object.entries(kinds)
    .filter(([, type]) => !hasNewNames(strategyOf(given, type)))
    .map(([kind]) => kind);
  if (named.length === 0) return [];
  return [
    {
      place: "pulumi:autonaming",
      code: "conflict",
      sentence: `gives ${named.join(" and ")} no random names, but a new password needs a new name`,
      fix: "end the pattern for them with a random part, for example ${name}-${hex(8)}, or remove it",
    },
  ];
}

/** The closest that says anything: of the type, of the provider, of all. */
function strategyOf(setting: Values, type: string): Values {
  const provider = asObject(asObject(setting.providers).kubernetes);
  const levels = [asObject(asObject(provider.resources)[type]), provider, setting];
  return levels.find((level) => level.mode !== undefined || level.pattern !== undefined) ?? {};
}

function hasNewNames({ mode = "default", pattern }: Values): boolean {
  if (typeof pattern !== "string") return mode === "default";
  const parts = [...pattern.matchAll(/\$\{(?:hex|alphanum|string|num)\((\d+)\)\}/g)];
  return pattern.includes("${uuid}") || parts.reduce((sum, [, length]) => sum + Number(length), 0) >= enough;
}

/** What is no JSON is the engine's to refuse. */
function parse(setting: string | undefined): Values {
  try {
    return asObject(JSON.parse(setting ?? "{}"));
  } catch {
    return {};
  }
}
