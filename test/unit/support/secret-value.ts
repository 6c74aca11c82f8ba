import * as pulumi from "@pulumi/pulumi";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

const { specialSecretSig, specialSigKey } = pulumi.runtime;
const marker = Symbol("secret");

/** A value that the engine was told to be secret; no plain value is equal to it. */
export function secret(value: unknown): Readonly<Record<symbol, unknown>> {
  return { [marker]: value };
}

/** A secret as the engine and the SDK write it to each other. */
export function secretValue(value: JavaScriptValue): JavaScriptValue {
  return isSecret(value) ? value : { [specialSigKey]: specialSecretSig, value };
}

/** The same value with each secret in it marked by `secret`. */
export function readSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return secret(readSecrets(value.value));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, readSecrets(one)]));
}

/** Everything in a value that anyone could read: the value as JSON, without its secrets. */
export function readable(value: unknown): string {
  return JSON.stringify(value); // leaves out what has a symbol for its key
}

function isSecret(value: unknown): value is { readonly value: JavaScriptValue } {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)[specialSigKey] === specialSecretSig
  );
}
