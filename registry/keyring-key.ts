import { type HttpUrl, fromBytes, parseHttpUrl, splitHostPort, toBytes } from "./go-url";
import { matchesLabel } from "./host-glob";

/** How a key matches an image. */
export type MatchKind = "exact host" | "path prefix" | "glob" | "glob and path prefix" | "Docker Hub default";

/** A key of a docker config as the kubelet keeps it. */
export interface KeyringKey {
  /** Host, port and path without scheme and API version. A byte string (go-url.ts): the order of keys is by bytes. */
  readonly bytes: string;
  /** The same as text. */
  readonly text: string;
  /** `undefined`: no URL, matches nothing. */
  readonly url: HttpUrl | undefined;
}

/**
 * What the kubelet makes of a key as it stands in a docker config (kubernetes v1.36.2 `pkg/credentialprovider/keyring.go`,
 * `BasicDockerKeyring.Add`). `undefined`: it is no URL, and the kubelet leaves the entry out.
 */
export function readKeyringKey(written: string): KeyringKey | undefined {
  const text = toBytes(written);
  const parsed = parseHttpUrl(/^https?:\/\//.test(text) ? text : `https://${text}`);
  if (parsed === undefined) return undefined;
  const path = /^\/v[12]\//.test(parsed.path) ? parsed.path.slice(3) : parsed.path;
  const bytes = path === "/" ? parsed.host : parsed.host + path;
  // The kubelet parses what it kept once more for every image, so an escaped "%" or "?" counts then.
  return { bytes, text: fromBytes(bytes), url: parseHttpUrl(`https://${bytes}`) };
}

/**
 * How a key matches an image's name, `undefined` when it does not (same file, `URLsMatch`): equal ports, equally many
 * labels, each label a glob, the path a plain prefix.
 *
 * @param image the image's name as a URL, from `parseHttpUrl`
 */
export function matchKey(key: HttpUrl, image: HttpUrl): MatchKind | undefined {
  const [keyHost, keyPort] = splitHostPort(key.host);
  const [imageHost, imagePort] = splitHostPort(image.host);
  const labels = keyHost.split(".");
  const imageLabels = imageHost.split(".");
  if (keyPort !== imagePort || labels.length !== imageLabels.length || !image.path.startsWith(key.path))
    return undefined;
  if (!labels.every((label, i) => matchesLabel(label, imageLabels[i] ?? ""))) return undefined;
  if (keyHost === imageHost) return key.path === "" ? "exact host" : "path prefix";
  return key.path === "" ? "glob" : "glob and path prefix";
}

/** The key that serves Docker Hub's images when no other key matches: what `https://index.docker.io/v1/` becomes. */
export const dockerHubDefaultKey = "index.docker.io";

/**
 * Whether the kubelet takes an image to be on Docker Hub when no key matched (same file, `isDefaultRegistryMatch`). A host
 * without `.` and `:`, such as `localhost`, counts as Docker Hub too.
 */
export function isDockerHubDefault(imageName: string): boolean {
  const [first = ""] = imageName.split("/", 1);
  return first === "docker.io" || !/[.:]/.test(first);
}
