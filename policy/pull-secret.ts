import { parseDockerConfigJson, type DockerConfigEntry } from "../registry/docker-config";
import { isList, isMap, member, Unknown, walk, type Plain } from "./plain";
import { releaseType, secretType, type Resource } from "./resource";

/** The types of Secrets that the kubelet pulls with, by the key of their data (kubernetes `pkg/apis/core/types.go`). */
const types: Readonly<Record<string, string>> = {
  ".dockerconfigjson": "kubernetes.io/dockerconfigjson",
  ".dockercfg": "kubernetes.io/dockercfg",
};

/** The type that a pull Secret should have. */
export const pullSecretType = "kubernetes.io/dockerconfigjson";

export const typeOf = ({ properties }: Resource): Plain => properties.type ?? "Opaque";

/** A Secret with a pull Secret's type or content, also where the other of the two is wrong. */
export function isPullSecret(resource: Resource): boolean {
  if (resource.type !== secretType) return false;
  const type = typeOf(resource);
  if (Object.values(types).some((known) => known === type)) return true;
  return Object.keys(types).some((key) => content(resource, key) !== undefined);
}

function content({ properties: { data, stringData } }: Resource, key: string): string | Unknown | undefined {
  const text = isMap(stringData) ? member(stringData, key) : undefined;
  if (typeof text === "string" || text instanceof Unknown) return text;
  const encoded = isMap(data) ? member(data, key) : undefined;
  return typeof encoded === "string" ? Buffer.from(encoded, "base64").toString() : asUnknown(encoded);
}

const asUnknown = (value: Plain | undefined): Unknown | undefined => (value instanceof Unknown ? value : undefined);

/** The credentials in a pull Secret; none where the kubelet could not read it either. */
export function credentialsIn(secret: Resource): readonly DockerConfigEntry[] | Unknown {
  const { data, stringData } = secret.properties;
  const unknown = asUnknown(data) ?? asUnknown(stringData);
  if (unknown !== undefined) return unknown;
  const found: DockerConfigEntry[] = [];
  for (const [key, type] of Object.entries(types)) {
    const text = content(secret, key);
    if (text instanceof Unknown) return text;
    const config = parseDockerConfigJson(text, type);
    if (config.kind === "entries") found.push(...config.entries);
  }
  return found;
}

/** An object's name in Kubernetes; Pulumi's providers have filled in an automatic one. */
export const nameIn = ({ properties: { metadata } }: Resource): Plain | undefined => member(metadata, "name");

export function namespaceIn({ type, properties }: Resource): Plain {
  return (type === releaseType ? properties.namespace : member(properties.metadata, "namespace")) ?? "default";
}

/** The path of a list of pull Secrets in a release's values, or of something in it; a subchart's and the global one count too. */
export const inPullSecretList = /^values\.(?:.+\.)?imagePullSecrets(?![^.[])/;

/** The names in all these lists, in the two forms that charts take: `name` and `{name}`. What is not known is left out. */
export function namedIn({ properties: { values } }: Resource): readonly string[] {
  const names: string[] = [];
  walk(values ?? {}, "values", (list, path) => {
    if (!isList(list) || !inPullSecretList.test(path)) return;
    for (const item of list) {
      const name = isMap(item) ? item.name : item;
      if (typeof name === "string") names.push(name);
    }
  });
  return names;
}

/** The names in `values.imagePullSecrets` of a release. */
export function listedIn({ properties: { values } }: Resource): readonly Plain[] | Unknown {
  const list = member(values, "imagePullSecrets");
  if (list instanceof Unknown) return list;
  return isList(list) ? list.map((item) => member(item, "name") ?? null) : [];
}
