import { pullSecretsInValues } from "../components/fleet-values";
import { isObject, type Values } from "../components/plain-values";
import { checkSecretNames } from "../registry/secret-name";
import type { ConfigReader } from "./reader";

/** A pull Secret that exists already, as a stack refers to it. */
export interface ReferredSecret {
  readonly name: string;
  /** Whether a change of it is a change of the stack; `false` for one that refreshes itself, as short-lived tokens need. */
  readonly follow: boolean;
}

/** `imagePullSecrets`, whose items are names or maps of a name and how it is taken, and the names in `values`. */
export function readExistingSecretNames(reader: ConfigReader, values: Values): readonly ReferredSecret[] {
  const items = reader
    .list("imagePullSecrets")
    .map((item, i) => (isObject(item) ? readMap(reader, item, i) : { name: item, follow: true }));
  for (const { place = "", ...issue } of checkSecretNames(
    "imagePullSecrets",
    items.map(({ name }) => name),
  )) {
    reader.refuseFor(place, issue);
  }
  const found = new Map<string, ReferredSecret>();
  for (const { name, follow } of [...items, ...pullSecretsInValues(values).map((name) => ({ name, follow: true }))]) {
    if (typeof name === "string" && !found.has(name)) found.set(name, { name, follow });
  }
  return [...found.values()];
}

function readMap(reader: ConfigReader, item: Readonly<Record<string, unknown>>, i: number) {
  const { name, follow, ...others } = item;
  const key = `imagePullSecrets[${i}]`;
  for (const other of Object.keys(others)) reader.refuseUnknown(other, `${key}.`, ["name", "follow"]);
  if (follow !== undefined && typeof follow !== "boolean") {
    reader.refuse(`${key}.follow`, "malformed", "is not true or false", "write it without quotes");
  }
  return { name, follow: follow !== false };
}
