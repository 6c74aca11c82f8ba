import type { DockerConfig } from "./docker-config";
import { parseHttpUrl } from "./go-url";
import { parseImageReference } from "./image-reference";
import {
  dockerHubDefaultKey,
  isDockerHubDefault,
  type KeyringKey,
  type MatchKind,
  matchKey,
  readKeyringKey,
} from "./keyring-key";
import { isIssue, type Issue } from "./issue";

/** A credential by the key that it stands under in a docker config; all that the matching looks at. */
export interface KeyringEntry {
  readonly server: string;
}

/** One of the pod's image pull Secrets. Leave a Secret that does not exist out: the kubelet goes on without it. */
export interface PullSecret<E extends KeyringEntry> {
  readonly name: string;
  readonly config: DockerConfig<E>;
}

/** One credential that the kubelet tries. */
export interface Candidate<E extends KeyringEntry> {
  /** The Secret's name. */
  readonly secret: string;
  /** The Secret's index in the pod's list. */
  readonly secretIndex: number;
  /** The entry itself, as it was given. */
  readonly entry: E;
  /** The key that the entry's server becomes: host, port and path. */
  readonly key: string;
  readonly match: MatchKind;
  /** One clause: `its key "ghcr.io/org" has the image's host, and its path begins the image's`. */
  readonly why: string;
  /** Another entry of the same Secret becomes the same key: the kubelet tries those in a random order. */
  readonly unordered: boolean;
}

export interface KeyringLookup<E extends KeyringEntry> {
  /** The image's `registry/repository`, which is what is looked up. */
  readonly name: string;
  /** In the order in which the kubelet tries them, until one is accepted. Empty: it pulls without a credential. */
  readonly candidates: readonly Candidate<E>[];
  /**
   * The first Secret that the kubelet cannot read. It then pulls nothing for this pod: not with the other Secrets, not
   * without a credential.
   */
  readonly broken?: { readonly secret: string; readonly problem: string };
}

interface Kept<E extends KeyringEntry> {
  readonly key: KeyringKey;
  readonly secretIndex: number;
  readonly secret: string;
  readonly entry: E;
}

function keep<E extends KeyringEntry>(secrets: readonly PullSecret<E>[]): readonly Kept<E>[] {
  return secrets.flatMap(({ name, config }, secretIndex) => {
    if (config.kind !== "entries") return [];
    return config.entries.flatMap((entry) => {
      const key = readKeyringKey(entry.server);
      return key === undefined ? [] : [{ key, secretIndex, secret: name, entry }];
    });
  });
}

const reasons: Readonly<Record<MatchKind, string>> = {
  "exact host": "is the image's host",
  "path prefix": "has the image's host, and its path begins the image's",
  glob: "is a pattern that the image's host matches",
  "glob and path prefix": "is a pattern that the image's host matches, and its path begins the image's",
  "Docker Hub default": "serves Docker Hub's images when no other key matches",
};

/**
 * The credentials that the kubelet tries for an image, in its order: by key in reverse byte order, so that a longer path
 * comes first; then in the order of the pod's Secrets. A credential that stands there twice is tried twice.
 *
 * As kubernetes v1.36.2 does it: `pkg/kubelet/images/image_manager.go` (`makeLookupPullCredentialsFunc`),
 * `pkg/credentialprovider/secrets/secrets.go` (`MakeDockerKeyring`), `pkg/credentialprovider/keyring.go` (`Lookup`).
 * Credentials of the node itself (its docker config, credential provider plugins) come after these and are not known here.
 */
export function lookUpCredentials<E extends KeyringEntry>(
  image: string,
  secrets: readonly PullSecret<E>[],
): KeyringLookup<E> | Issue {
  const reference = parseImageReference(image);
  if (isIssue(reference)) return reference;
  const { name } = reference;
  for (const { name: secret, config } of secrets) {
    if (config.kind === "broken") return { name, candidates: [], broken: { secret, problem: config.problem } };
  }

  const kept = keep(secrets);
  const url = parseHttpUrl(`https://${name}`);
  const candidate = ({ key, secretIndex, secret, entry }: Kept<E>, match: MatchKind): Candidate<E> => {
    const twins = kept.filter((other) => other.secretIndex === secretIndex && other.key.bytes === key.bytes);
    const why = `its key ${JSON.stringify(key.text)} ${reasons[match]}`;
    return { secret, secretIndex, entry, key: key.text, match, why, unordered: twins.length > 1 };
  };

  const matching = kept.flatMap((credential) => {
    const { key } = credential;
    const match = key.url === undefined || url === undefined ? undefined : matchKey(key.url, url);
    return match === undefined ? [] : [{ credential, match }];
  });
  if (matching.length > 0) {
    // The sort is stable, so Secrets keep their order within a key.
    const bytes = ({ credential }: (typeof matching)[number]) => credential.key.bytes;
    matching.sort((a, b) => (bytes(a) < bytes(b) ? 1 : bytes(a) > bytes(b) ? -1 : 0));
    return { name, candidates: matching.map(({ credential, match }) => candidate(credential, match)) };
  }
  const hub = isDockerHubDefault(name) ? kept.filter(({ key }) => key.bytes === dockerHubDefaultKey) : [];
  return { name, candidates: hub.map((credential) => candidate(credential, "Docker Hub default")) };
}
