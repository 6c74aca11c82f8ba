import { createHash } from "node:crypto";
import type { MockResourceArgs, MockResourceResult } from "@pulumi/pulumi/runtime";

/** What a program runs against. */
export interface World {
  /** Objects of the cluster by `namespace/name`; reading any other fails. */
  readonly objects?: Readonly<Record<string, Record<string, unknown>>>;
  /** The cluster answers nothing before this ends. @default it answers at once */
  readonly silentUntil?: Promise<unknown>;
  /** @default false */
  readonly preview?: boolean;
}

/** A provider's answer: like the official ones, with names made from the inputs and random values made from names. */
export function newResource({ type, name, inputs, id }: MockResourceArgs, { objects }: World): MockResourceResult {
  // A read has no inputs; one that is imported has.
  const isRead = id !== undefined && id !== "" && Object.keys(inputs as object).length === 0;
  if (isRead) {
    const found = objects?.[id];
    if (found === undefined) throw new Error(`"${id}" not found`);
    return { id, state: found };
  }
  const given = inputs as Record<string, unknown>;
  const digest = createHash("sha256")
    .update(JSON.stringify([type, name, given]))
    .digest("hex");
  if (type.startsWith("random:")) return { id: "none", state: { ...given, result: `random-${name}` } };
  if (type === "kubernetes:helm.sh/v3:Release") {
    return { id: "fleet/fleet", state: { ...given, status: { status: "deployed", revision: 1 } } };
  }
  if (!type.startsWith("kubernetes:")) return { id: undefined, state: {} };
  const metadata = {
    name: `${name}-${digest.slice(0, 8)}`,
    uid: `uid-${digest.slice(8, 16)}`,
    ...(given.metadata as Record<string, unknown> | undefined),
  };
  return { id: metadata.name, state: { ...given, metadata } };
}
