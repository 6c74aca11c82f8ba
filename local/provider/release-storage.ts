import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";

import type { ApiClient } from "./api-client";
import { isObject, numberAt, textAt, type Json, type JsonObject } from "./property-values";
import { mergeValues, type Release } from "./release-values";

/** A release as Helm keeps it, in a Secret per revision. */
export type StoredRelease = JsonObject;

/** One revision of a release, or its latest, whatever its status. */
export async function findRelease(
  api: ApiClient,
  namespace: string,
  name: string,
  revision?: number,
): Promise<StoredRelease | undefined> {
  const query = { labelSelector: `owner=helm,name=${name}` };
  const list = await api.request("GET", `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`, { query });
  const number = (secret: Json) => Number(textAt(secret, "metadata", "labels", "version"));
  const secrets = Array.isArray(list.items) ? list.items.toSorted((a, b) => number(b) - number(a)) : [];
  const found = revision === undefined ? secrets[0] : secrets.find((secret) => number(secret) === revision);
  if (found === undefined) return undefined;
  // Base64 twice: once by Helm, once as any Secret's data.
  const zipped = Buffer.from(Buffer.from(textAt(found, "data", "release"), "base64").toString("latin1"), "base64");
  const release = JSON.parse(gunzipSync(zipped).toString("utf8")) as Json;
  return isObject(release) ? release : undefined;
}

export const revisionOf = (stored: StoredRelease | undefined): number => numberAt(stored, "version");

/** What the state says of a release after an operation, or after a look at it. */
export function withStored(release: Release, stored: StoredRelease): Release {
  const metadata = (key: string) => textAt(stored, "chart", "metadata", key);
  const [name, namespace] = [textAt(stored, "name"), textAt(stored, "namespace")];
  return {
    ...release,
    name: textAt(release, "name") || name,
    namespace: textAt(release, "namespace") || namespace,
    chart: textAt(release, "chart") || metadata("name"),
    values: mergeValues(release.values, stored.config),
    version: metadata("version"),
    resourceNames: resourceNames(textAt(stored, "manifest")),
    status: {
      appVersion: metadata("appVersion"),
      chart: metadata("name"),
      name,
      namespace,
      revision: revisionOf(stored),
      status: textAt(stored, "info", "status"),
      version: metadata("version"),
    },
  };
}

/** The names in a manifest by kind: `Deployment.apps/apps/v1: [namespace/name]`. */
function resourceNames(manifest: string): JsonObject {
  const names = new Map<string, Set<string>>();
  // Charts may print a key twice: Helm takes the last one.
  for (const document of parseAllDocuments(manifest, { uniqueKeys: false })) {
    const object = document.toJS() as Json;
    const [apiVersion, kind] = [textAt(object, "apiVersion"), textAt(object, "kind")];
    if (kind === "") continue;
    const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0] ?? ""}` : "";
    const namespace = textAt(object, "metadata", "namespace");
    const key = `${kind}${group}/${apiVersion}`;
    const known = names.get(key) ?? new Set();
    names.set(key, known.add(`${namespace === "" ? "" : `${namespace}/`}${textAt(object, "metadata", "name")}`));
  }
  return Object.fromEntries([...names].map(([key, known]) => [key, [...known].sort()]));
}
