import { fromBytes, splitHostPort } from "./go-url";
import { dockerHubDefaultKey, readKeyringKey } from "./keyring-key";

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
/** What the path of some image can begin with. */
const pathPrefix = new RegExp(`^(?:/${component})*(?:/(?:${component}(?:[._]|__|-+)?)?)?$`);

/**
 * Why a key of a docker config can never match an image, as a clause that follows the key; `undefined` when it can.
 * It never says so of a key that matches; a few very odd keys that match nothing are not found out.
 */
export function whyUnmatchable(server: string): string | undefined {
  const key = readKeyringKey(server);
  if (key?.url === undefined) return "is not a host that the kubelet can read";
  if (key.bytes === dockerHubDefaultKey) return undefined;
  const { path } = key.url;
  const [host, port] = splitHostPort(key.url.host);
  if (host === "") return "has no host";
  if (host === dockerHubDefaultKey && port === "") {
    return `is not a key of Docker Hub: its images match "docker.io", or "https://index.docker.io/v1/" with the last slash`;
  }
  if (/^\[[0-9a-f:.]+\]$/.test(host)) return "is an IPv6 address without a port, which the kubelet reads as a pattern";
  // With a bracket it is a class of characters, or the end of an IPv6 address.
  if (!/[[\]]/.test(host)) {
    const odd = /[^A-Za-z0-9_.:*-]/.exec(fromBytes(host))?.[0];
    if (odd !== undefined) return `has ${JSON.stringify(odd)} in its host, which no image has`;
    if (/^\.|\.\.|\.$/.test(host)) return `has an empty part in its host`;
    if (/^[a-z0-9_-]+$/.test(host) && host !== "localhost" && port === "") {
      return `has no "." and no port in its host: in an image such a host is read as a part of a Docker Hub name`;
    }
  }
  return pathPrefix.test(path) && path.length <= 256 ? undefined : "has a path that no image has";
}
