import type { ApiClient } from "./api-client";
import { at, isObject, textAt, type Json, type JsonObject } from "./property-values";

// What these managers set was set on the resource's behalf, or by hand: server-side apply would meet a conflict there.
const taken: readonly (readonly [manager: string, operation: string])[] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];

/** Moves the fields that an object's creator set to the resource's own field manager. */
export async function takeOverFields(
  api: ApiClient,
  path: string,
  live: JsonObject,
  fieldManager: string,
): Promise<void> {
  const entries = at(live, "metadata", "managedFields");
  if (!Array.isArray(entries)) return;
  const isTaken = (entry: Json) =>
    at(entry, "subresource") === undefined &&
    taken.some(
      ([manager, operation]) => textAt(entry, "manager") === manager && textAt(entry, "operation") === operation,
    );
  const found = entries.filter(isTaken);
  if (found.length === 0) return;

  const isOwn = (entry: Json) => textAt(entry, "manager") === fieldManager && textAt(entry, "operation") === "Apply";
  const [first, ...others] = [...entries.filter(isOwn), ...found];
  if (!isObject(first)) return;
  const fieldsV1 = others.reduce((fields, entry) => union(fields, at(entry, "fieldsV1") ?? {}), first.fieldsV1 ?? {});
  const own = { ...first, manager: fieldManager, operation: "Apply", fieldsV1 };
  const value = [...entries.filter((entry) => !isTaken(entry) && !isOwn(entry)), own];
  const body = [{ op: "replace", path: "/metadata/managedFields", value }];
  await api.request("PATCH", path, { body, contentType: "application/json-patch+json" });
}

function union(a: Json, b: Json): Json {
  if (!isObject(a) || !isObject(b)) return isObject(b) ? b : a;
  const merged: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b))
    merged[key] = Object.hasOwn(a, key) ? union(a[key] ?? {}, value) : value;
  return merged;
}
