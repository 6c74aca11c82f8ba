import { parseImageReference, type ImageReference } from "../registry/image-reference";
import { isIssue, type Issue } from "../registry/issue";
import { lookUpCredentials, type PullSecret } from "../registry/keyring";
import { asDockerHub, nearMiss } from "../registry/near-miss";
import { parseServer } from "../registry/server";
import type { PullCredential } from "./pull-credential";

/** A credential as a person finds it: a key of the configuration, or one in a Secret. */
const placeOf = (secret: string, { place, server }: PullCredential): string =>
  place ?? `the key "${server}" of the Secret ${secret}`;

interface Entry {
  readonly secret: string;
  readonly entry: PullCredential;
}

const entriesIn = (secrets: readonly PullSecret<PullCredential>[]): readonly Entry[] =>
  secrets.flatMap(({ name, config }) =>
    config.kind === "entries" ? config.entries.map((entry) => ({ secret: name, entry })) : [],
  );

/**
 * What keeps the one credential from matching that seems to be meant for an image, and what to write instead: `KEY has no port, and the
 * image's host has 5000: write it as "…"`. Nothing where none seems to be.
 */
export function whyNoneMatches(image: string, secrets: readonly PullSecret<PullCredential>[]): string | undefined {
  const reference = parseImageReference(image);
  if (isIssue(reference)) return undefined;
  const { registry, name } = reference;
  const [first] = entriesIn(secrets).flatMap(({ secret, entry }) => {
    const why = nearMiss(entry.server, name)?.why ?? otherHost(entry.server, registry);
    return why === undefined ? [] : [{ where: placeOf(secret, entry), why, isOurs: entry.place !== undefined }];
  });
  if (first === undefined) return undefined;
  const { where, why, isOurs } = first;
  return `${where} ${why}: ${fixOf(reference, isOurs)}`;
}

function fixOf(reference: ImageReference, isOurs: boolean): string {
  const { registry } = reference;
  // `registries` writes every name of Docker Hub as docker.io.
  const hub = asDockerHub(reference);
  if (hub !== undefined) return `write the image as ${hub}`;
  // The kubelet matches a host as it is written, and what `registries` names is written in lower case.
  const lower = registry.toLowerCase();
  return isOurs && registry !== lower ? `write the image's host in lower case: ${lower}` : `write it as "${registry}"`;
}

/** The address of a product's pages: Artifactory's images are below a name for each repository, Nexus' on a host or port of their own. */
function otherHost(server: string, registry: string): string | undefined {
  const parsed = parseServer(server);
  const [host = ""] = isIssue(parsed) ? [] : parsed.canonical.split("/");
  const isBelow = host !== "" && (registry.endsWith(`.${host}`) || host.endsWith(`.${registry}`));
  return isBelow ? `is the host ${host}, and the image's is ${registry}` : undefined;
}

/** Why a credential that matches is none: the kubelet reads neither tokens of a login nor helpers (kubernetes `pkg/credentialprovider/config.go`). */
export function whyUnusable(secret: string, entry: PullCredential): string | undefined {
  if (entry.username !== "" && entry.password.reveal() !== "") return undefined;
  const lacks = entry.password.reveal() === "" ? "no password" : "no username";
  return `${placeOf(secret, entry)} has ${lacks}, and the kubelet reads no identitytoken, credsStore or credHelpers: put username and password there`;
}

/** A warning for each registry of the configuration that nothing is pulled from. */
export function unusedRegistries(
  secrets: readonly PullSecret<PullCredential>[],
  references: readonly string[],
): readonly Issue[] {
  return entriesIn(secrets).flatMap(({ secret, entry }): Issue[] => {
    if (entry.place === undefined) return [];
    const alone = [{ name: secret, config: { kind: "entries", entries: [entry] } as const }];
    const matches = references.some((reference) => {
      const lookup = lookUpCredentials(reference, alone);
      return !isIssue(lookup) && lookup.candidates.length > 0;
    });
    if (matches) return [];
    const near = references.map((reference) => whyNoneMatches(reference, alone)).find((why) => why !== undefined);
    const rest = near?.slice(entry.place.length);
    return [
      {
        code: "unused-registry",
        place: entry.place,
        sentence: "matches no image of this stack",
        fix: rest === undefined ? "correct it, remove it, or name its images in fleet:pullCheckImages" : `it${rest}`,
      },
    ];
  });
}
