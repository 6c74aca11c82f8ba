import type { Finding } from "../finding";
import { Unknown, type Plain } from "../plain";
import { isPullSecret, listedIn, nameIn, namespaceIn } from "../pull-secret";
import { releaseType, shown, type Resource } from "../resource";

/**
 * Each pull Secret is in the namespace of a Helm release, and each release there lists it: a Secret serves its own
 * namespace only, and a pod that does not name one pulls without it.
 */
export function pullSecretsListed(registered: readonly Resource[]): readonly Finding[] {
  const releases = registered.filter(({ type }) => type === releaseType);
  if (releases.length === 0) return [];
  const secrets = registered.filter(isPullSecret);
  return secrets.flatMap((secret) => findings(secret, releases));
}

function findings(secret: Resource, releases: readonly Resource[]): readonly Finding[] {
  const namespace = namespaceIn(secret);
  if (namespace instanceof Unknown) return [undecided(secret, "metadata.namespace", namespace)];
  const beside = releases.filter((release) => namespaceIn(release) === namespace);
  if (beside.length > 0) return beside.flatMap((release) => listing(secret, release));

  const others = releases.map((release) => ({ release, namespace: namespaceIn(release) }));
  const unknown = others.flatMap(({ release, namespace }) =>
    namespace instanceof Unknown ? [undecided(release, "namespace", namespace)] : [],
  );
  if (unknown.length > 0) return unknown;
  const where = [...new Set(others.map(({ namespace }) => JSON.stringify(namespace)))].join(" or ");
  return [
    {
      urn: secret.urn,
      message: `${shown(secret)} is in the namespace ${JSON.stringify(namespace)}, where this stack has no Helm release; put it into ${where}, since a pull Secret serves its own namespace only`,
    },
  ];
}

function listing(secret: Resource, release: Resource): readonly Finding[] {
  const listed = listedIn(release);
  if (listed instanceof Unknown) return [undecided(release, "values.imagePullSecrets", listed)];
  const name: Plain | undefined = nameIn(secret);
  if (typeof name === "string" && listed.includes(name)) return [];
  // One of the names that are not known yet may be this Secret's; plugins before 4.30 leave such a name out of the entry.
  const isLeftOut = name instanceof Unknown && listed.includes(null);
  const unknown = listed.find((item) => item instanceof Unknown) ?? (isLeftOut ? name : undefined);
  if (unknown instanceof Unknown) return [undecided(release, "values.imagePullSecrets", unknown)];
  return [
    {
      urn: release.urn,
      message: `${shown(release)} does not list ${shown(secret)}, so its pods pull without it; add {name: …} with its metadata.name to values.imagePullSecrets`,
    },
  ];
}

const undecided = (resource: Resource, path: string, unknown: Unknown): Finding => ({
  urn: resource.urn,
  message: `${path} of ${shown(resource)}`,
  unknown,
});
