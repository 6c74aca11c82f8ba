import type { Finding } from "../../../policy/finding";
import { Unknown, type PlainMap } from "../../../policy/plain";
import { releaseType, secretType, type Resource } from "../../../policy/resource";

/** What a preview does not know yet. */
export const unknown = new Unknown(new Error("unknown"));

export function resource(type: string, name: string, properties: PlainMap, parent?: string): Resource {
  return { urn: `urn:${type}::${name}`, type, name, properties, ...(parent !== undefined && { parent }) };
}

export const release = (properties: PlainMap, name = "app"): Resource =>
  resource(releaseType, name, { namespace: "fleet", ...properties });

export const secret = (properties: PlainMap, name = "registry"): Resource =>
  resource(secretType, name, { metadata: { name: `${name}-1`, namespace: "fleet" }, ...properties });

/** A pull Secret that keeps every rule. */
export function pullSecret(properties: PlainMap = {}, password = "correct-horse", name = "registry"): Resource {
  const json = JSON.stringify({ auths: { "ghcr.io": { username: "puller", password } } });
  return secret(
    {
      type: "kubernetes.io/dockerconfigjson",
      immutable: true,
      data: { ".dockerconfigjson": Buffer.from(json).toString("base64") },
      ...properties,
    },
    name,
  );
}

/** Violations as sentences, and what is undecided with a `?`. */
export const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ message, unknown }) => (unknown === undefined ? message : `? ${message}`));
