import { equal, isObject, Unknown, type Json, type JsonObject } from "./property-values";

type Shape = "object" | "array" | "null" | "unknown" | "other";

function shapeOf(value: Json | undefined): Shape {
  if (value === null || value === undefined) return "null";
  if (value instanceof Unknown) return "unknown";
  if (Array.isArray(value)) return "array";
  return isObject(value) ? "object" : "other";
}

/** What a live object has at the places that the inputs have too: the rest was set by the server and is nobody's change. */
export function prune(live: JsonObject, inputs: JsonObject): JsonObject {
  const shared = Object.entries(live).filter(([key]) => Object.hasOwn(inputs, key));
  return Object.fromEntries(shared.map(([key, value]) => [key, pruneValue(value, inputs[key] ?? null)]));
}

function pruneValue(live: Json, input: Json): Json {
  if (isObject(live) && isObject(input)) return prune(live, input);
  if (!Array.isArray(live) || !Array.isArray(input)) return live;
  if (live.length === 0 || input.length === 0) return [];
  if (shapeOf(live[0]) !== shapeOf(input[0])) return live;
  return input.slice(0, live.length).map((item, i) => pruneValue(live[i] ?? null, item));
}

/** The JSON merge patch (RFC 7386) that turns one object into another. */
export function mergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    // What is not known yet takes part as an object with one key that nothing else has: it differs from everything.
    const next = value instanceof Unknown ? (value.toJSON() as JsonObject) : value;
    if (isObject(old) && isObject(next)) {
      const inner = mergePatch(old, next);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!Object.hasOwn(from, key) || !equal(old, next)) {
      patch[key] = next;
    }
  }
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch[key] = null;
  return patch;
}

/** What to add to or change in `current` to have all of `to`, and what to delete because only `original` had it. */
export function threeWayPatch(original: JsonObject, to: JsonObject, current: JsonObject): JsonObject {
  const merge = (deletions: JsonObject, changes: JsonObject): JsonObject => {
    const merged = { ...deletions };
    for (const [key, value] of Object.entries(changes)) {
      const deleted = merged[key];
      merged[key] = isObject(deleted) && isObject(value) ? merge(deleted, value) : value;
    }
    return merged;
  };
  return merge(deletionsOf(original, to), additionsOf(current, to));
}

function additionsOf(current: JsonObject, to: JsonObject): JsonObject {
  const additions: JsonObject = {};
  for (const [key, value] of Object.entries(to)) {
    const old = current[key];
    if (isObject(old) && isObject(value)) {
      const inner = additionsOf(old, value);
      if (Object.keys(inner).length > 0) additions[key] = inner;
    } else if (!Object.hasOwn(current, key) || !equal(old, value)) {
      additions[key] = value;
    }
  }
  return additions;
}

function deletionsOf(original: JsonObject, to: JsonObject): JsonObject {
  const deletions: JsonObject = {};
  for (const [key, old] of Object.entries(original)) {
    const value = to[key];
    if (!Object.hasOwn(to, key)) {
      deletions[key] = null;
    } else if (isObject(old) && isObject(value)) {
      const inner = deletionsOf(old, value);
      if (Object.keys(inner).length > 0) deletions[key] = inner;
    }
  }
  return deletions;
}
