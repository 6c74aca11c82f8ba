import { createHash, randomBytes } from "node:crypto";

import { at, isObject, textAt, unknown, type Json, type JsonObject } from "./property-values";

export const nameOf = (object: Json | undefined): string => textAt(object, "metadata", "name");
export const namespaceOf = (object: Json | undefined): string => textAt(object, "metadata", "namespace");
export const annotation = (object: Json | undefined, key: string): string =>
  textAt(object, "metadata", "annotations", key);

const autonamed = "pulumi.com/autonamed";

export const isAutonamed = (object: Json): boolean => annotation(object, autonamed) === "true";

/** It has a name, known or not yet. */
export const isNamed = (object: Json): boolean =>
  nameOf(object) !== "" || at(object, "metadata", "name") === unknown || at(object, "metadata") === unknown;

/** A copy with one field of its metadata set, or removed. Metadata that is not known yet stays that way. */
export function withMetadata(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  const metadata = object.metadata ?? {};
  if (!isObject(metadata)) return object;
  const { [key]: removed, ...others } = metadata;
  if (value === undefined && removed === undefined) return object;
  return { ...object, metadata: value === undefined ? others : { ...others, [key]: value } };
}

function withAutoname(object: JsonObject, name: string): JsonObject {
  const annotations = at(object, "metadata", "annotations") ?? {};
  const named = withMetadata(object, "name", name);
  return isObject(annotations) ? withMetadata(named, "annotations", { ...annotations, [autonamed]: "true" }) : named;
}

/** Eight hexadecimal digits: always the same for the same seed, or random without one. */
export function suffix(seed: Uint8Array): string {
  if (seed.length === 0) return randomBytes(4).toString("hex");
  return createHash("sha256").update(seed).digest("hex").slice(0, 8);
}

/**
 * Gives an object without a name one: the name it was given before, else the engine's proposal, else
 * `<logical name>-<8 hex digits>`.
 */
export function withName(object: JsonObject, old: JsonObject | undefined, makeName: () => string): JsonObject {
  if (isNamed(object) || textAt(object, "metadata", "generateName") !== "") return object;
  if (!old) return withAutoname(object, makeName());
  return isAutonamed(old) ? withAutoname(object, nameOf(old)) : object;
}

const minutes = 60_000;

/** How long to wait for a resource, in milliseconds: its `customTimeouts`, else its annotation, else ten minutes. */
export function timeoutOf(inputs: Json, customTimeout: number): number {
  if (customTimeout > 0) return customTimeout * 1000;
  const annotated = annotation(inputs, "pulumi.com/timeoutSeconds");
  return /^\d+$/.test(annotated) ? Number(annotated) * 1000 : 10 * minutes;
}

export const skipsAwait = (inputs: Json): boolean => annotation(inputs, "pulumi.com/skipAwait") === "true";

/** What happens to dependents on deletion. Foreground, unless annotated. */
export function propagationPolicy(inputs: Json): "Foreground" | "Background" | "Orphan" {
  const annotated = annotation(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
  if (annotated === "orphan") return "Orphan";
  return annotated === "background" ? "Background" : "Foreground";
}
