import type { Finding } from "../finding";
import { Unknown } from "../plain";
import { isPullSecret, namedIn, nameIn, namespaceIn, pullSecretType, typeOf } from "../pull-secret";
import { releaseType, secretType, shown, type Resource } from "../resource";

/** A pull Secret is immutable and of the type that every kubelet reads. */
export function pullSecretImmutable(resource: Resource): readonly Finding[] {
  if (!isPullSecret(resource)) return [];
  const findings: Finding[] = [];
  const add = (message: string, unknown?: Unknown) => {
    findings.push({ urn: resource.urn, message, ...(unknown !== undefined && { unknown }) });
  };
  const type = typeOf(resource);
  if (type instanceof Unknown) add(`type of ${shown(resource)}`, type);
  else if (type !== pullSecretType) {
    add(`${shown(resource)} is a pull Secret of the type ${JSON.stringify(type)}; make it anew as ${pullSecretType}`);
  }
  const { immutable } = resource.properties;
  if (immutable instanceof Unknown) add(`immutable of ${shown(resource)}`, immutable);
  else if (immutable !== true) {
    add(
      `${shown(resource)} is a pull Secret that can be changed in place, which acts on running pods before any preview; set immutable: true and let Pulumi name it`,
    );
  }
  return findings;
}

/** A Secret that a release pulls with is a pull Secret at all: the kubelet passes over others without a word. */
export function listedSecretsAreOfType(registered: readonly Resource[]): readonly Finding[] {
  const releases = registered.filter(({ type }) => type === releaseType);
  const others = registered.filter((resource) => resource.type === secretType && !isPullSecret(resource));
  return releases.flatMap((release) => {
    const listed = namedIn(release);
    return others
      .filter((secret) => {
        const name = nameIn(secret);
        return typeof name === "string" && listed.includes(name) && namespaceIn(secret) === namespaceIn(release);
      })
      .map((secret) => ({
        urn: secret.urn,
        message: `${shown(secret)} is listed by ${shown(release)} but has the type ${JSON.stringify(typeOf(secret))}, which the kubelet passes over; make it anew as ${pullSecretType}`,
      }));
  });
}
