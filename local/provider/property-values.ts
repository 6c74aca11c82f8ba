import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A value that is not known yet, in a preview. */
export class Unknown {
  // An object that holds an unknown value is compared as JSON too, and must then differ from every known value.
  toJSON(): object {
    return { Element: { V: "" } };
  }
}
export const unknown = new Unknown();

/** A value that the engine encrypts in its state and masks in what it prints. */
export class Secret {
  constructor(readonly value: Json) {}
}

/** A value without secrets: what Kubernetes and Helm see. */
export type Json = null | boolean | number | string | Unknown | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** A value as the engine sends it. Secrets do not nest: an outer one covers what is inside. */
export type Value = null | boolean | number | string | Unknown | Secret | Value[] | Properties;
export interface Properties {
  [key: string]: Value;
}

// The marks of Pulumi's property protocol (sdk/go/common/resource/plugin/rpc.go).
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

type Wire = JavaScriptValue;

const isWireObject = (value: Wire | undefined): value is { [key: string]: JavaScriptValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function fromWire(value: Wire | undefined): Value {
  if (value === unknownMark) return unknown;
  if (Array.isArray(value)) return value.map(fromWire);
  if (!isWireObject(value)) return value === null || typeof value !== "object" ? (value ?? null) : null;
  if (value[signatureKey] === secretSignature) return new Secret(strip(fromWire(value.value)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(item)]));
}

function toWire(value: Value): Wire {
  if (value instanceof Unknown) return unknownMark;
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: toWire(value.value) };
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
}

export function fromStruct(struct: Struct | undefined): Properties {
  const value = fromWire(struct?.toJavaScript() ?? {});
  return isProperties(value) ? value : {};
}

export function toStruct(properties: Properties): Struct {
  const wire = toWire(properties);
  return Struct.fromJavaScript(isWireObject(wire) ? wire : {});
}

export const isProperties = (value: Value | undefined): value is Properties =>
  typeof value === "object" && value !== null && ![Array, Secret, Unknown].some((type) => value instanceof type);

export const isObject = (value: Json | undefined): value is JsonObject => isProperties(value);

/** The value without its secret marks. */
export function strip(value: Value): Json {
  if (value instanceof Secret) return value.value;
  if (Array.isArray(value)) return value.map(strip);
  return isProperties(value) ? stripAll(value) : value;
}

export const stripAll = (properties: Properties): JsonObject =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, strip(value)]));

/** Whether any part of the value satisfies the test. */
export function some(value: Value, test: (part: Value) => boolean): boolean {
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isProperties(value) && Object.values(value).some((item) => some(item, test));
}

export const hasUnknown = (value: Value): boolean => some(value, (part) => part instanceof Unknown);
export const hasSecret = (value: Value): boolean => some(value, (part) => part instanceof Secret);

/** The value at a path of keys, or undefined. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current) && typeof key === "number") current = current[key];
    else if (isObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}

/** The text at a path of keys, or "" when there is none. */
export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at a path of keys, or 0 when there is none. */
export function numberAt(value: Json | undefined, ...path: readonly (string | number)[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** Structural equality, whatever the order of keys. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}
