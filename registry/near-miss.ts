import { parseHttpUrl, splitHostPort, type HttpUrl } from "./go-url";
import type { ImageReference } from "./image-reference";
import { readKeyringKey } from "./keyring-key";
import { isDockerHubHost } from "./server";
import { whyUnmatchable } from "./unmatchable";

/** Why a key that seems to be meant for an image does not match it. */
export interface NearMiss {
  /** A clause that follows the key: `has no port, and the image's host has 5000`. */
  readonly why: string;
  /** Whether the key names the image's registry, and not just a pattern such as `*` that could mean any. */
  readonly sameRegistry: boolean;
}

/** How an image is written that names Docker Hub by another of its names, so that a key of it can match; `undefined` for any other. */
export function asDockerHub({ registry, repository }: ImageReference): string | undefined {
  return registry !== "docker.io" && isDockerHubHost(registry) ? `docker.io/${repository}` : undefined;
}

const isPattern = (label: string): boolean => /[*?[]/.test(label);

/** What a key that does not match an image has in common with it; `undefined` where it is for another registry. */
export function nearMiss(server: string, imageName: string): NearMiss | undefined {
  const image = parseHttpUrl(`https://${imageName}`);
  // A key that the kubelet cannot read still shows for whom it was meant.
  const written = /^(?:https?:\/\/)?([^/]*)/.exec(server)?.[1] ?? "";
  const key = readKeyringKey(server)?.url ?? { host: written, path: "" };
  if (image === undefined) return undefined;
  const keyHost = splitHostPort(key.host)[0].toLowerCase();
  const imageHost = splitHostPort(image.host)[0].toLowerCase();
  const isHub = isDockerHubHost(keyHost) && isDockerHubHost(imageHost);
  if (!isHub && keyHost !== imageHost && !isLikePattern(keyHost, imageHost)) return undefined;
  const sameRegistry = isHub || !keyHost.split(".").every(isPattern);
  if (isHub && imageHost !== "docker.io") {
    return { why: `is Docker Hub's, whose images are matched as docker.io, and not as ${imageHost}`, sameRegistry };
  }
  const hub = isHub && keyHost !== "docker.io" ? whyUnmatchable("https://index.docker.io/v1") : undefined;
  return { why: hub ?? whyUnmatchable(server) ?? difference(key, image), sameRegistry };
}

/** Whether a host with patterns ends as another does: `*.example.com` and `registry.eu.example.com`. */
function isLikePattern(pattern: string, host: string): boolean {
  const labels = pattern.split(".");
  const last = labels.findLastIndex(isPattern);
  return last >= 0 && (last === labels.length - 1 || `.${host}`.endsWith(`.${labels.slice(last + 1).join(".")}`));
}

function difference(key: HttpUrl, image: HttpUrl): string {
  const [keyHost, keyPort] = splitHostPort(key.host);
  const [imageHost, imagePort] = splitHostPort(image.host);
  const [parts, imageParts] = [keyHost.split(".").length, imageHost.split(".").length];
  if (isPattern(keyHost) && parts !== imageParts) {
    const has = `${parts} ${parts === 1 ? "part" : "parts"}`;
    return `is a pattern for a host of ${has}, and the image's has ${imageParts}: a "*" stands for one part between dots`;
  }
  if (keyPort !== imagePort) {
    const had = keyPort === "" ? "no port" : `the port ${keyPort}`;
    return `has ${had}, and the image's host has ${imagePort === "" ? "none" : imagePort}`;
  }
  if (!image.path.startsWith(key.path)) return `has the path ${key.path}, which does not begin the image's`;
  if (isPattern(keyHost)) return "is a pattern that the image's host does not match";
  return keyHost === imageHost ? "does not match the image" : "has letters in another case than the image's host";
}
