import { createHash } from "node:crypto";
import { isIPv6 } from "./go-url";
import type { Issue } from "./issue";
import { isPort } from "./port";
import { whyUnmatchable } from "./unmatchable";

/** A registry server in the form that goes into a docker config. */
export interface Server {
  /** Host, port and path, the host in lower case: the key that the kubelet matches. One registry has one such key. */
  readonly canonical: string;
}

/** Under these names users know Docker Hub; its images are only ever matched with `docker.io`. */
const dockerHubHosts: readonly string[] = [
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "registry.docker.io",
  "registry.hub.docker.com",
  "hub.docker.com",
];

/** Whether a host, without a port, is Docker Hub under one of its names. */
export function isDockerHubHost(host: string): boolean {
  return dockerHubHosts.includes(host.toLowerCase());
}

const example = "write host, host:port or host/path, such as registry.example.com";

/** A mistake that shows before the text is taken apart. */
function checkText(text: string): Issue | undefined {
  if (text === "") return { code: "missing", sentence: "is empty", fix: example };
  if (text.trim() === "") return { code: "missing", sentence: "is only white space", fix: example };
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    return { code: "malformed", sentence: "contains a control character", fix: "remove it" };
  if (/\s/.test(text)) return { code: "malformed", sentence: "contains white space", fix: "remove it" };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    return {
      code: "malformed",
      sentence: `has the scheme "${scheme.toLowerCase()}"`,
      fix: `${example}; http:// and https:// may stand in front`,
    };
  }
  if (text.includes("@")) {
    return {
      code: "malformed",
      sentence: "contains user info or a digest",
      fix: 'remove the "@" and what belongs to it; username and password have their own keys',
    };
  }
  if (text.includes("?"))
    return { code: "malformed", sentence: "has a query", fix: 'remove everything from the "?" on' };
  if (text.includes("#"))
    return { code: "malformed", sentence: "has a fragment", fix: 'remove everything from the "#" on' };
  return undefined;
}

function checkPort(port: string): Issue | undefined {
  if (isPort(port)) return undefined;
  return {
    code: "malformed",
    sentence: "has an invalid port",
    fix: "write a port from 1 to 65535 after the colon, or leave both out",
  };
}

function checkHost(host: string, port: string | undefined): Issue | undefined {
  if (host === "") return { code: "missing", sentence: "has no host", fix: example };
  if (host.startsWith("[")) {
    const address = host.slice(1, -1);
    if (!/^[0-9a-f:]+$/.test(address) || !isIPv6(address)) {
      return {
        code: "malformed",
        sentence: "has an invalid IPv6 address",
        fix: "write it as [2001:db8::1]:5000, without zone",
      };
    }
    return port === undefined
      ? {
          code: "malformed",
          sentence: "is an IPv6 address without a port, which the kubelet cannot match",
          fix: `write ${host}:443, here and in the image`,
        }
      : undefined;
  }
  const labels = host.split(".");
  if (labels.includes(""))
    return { code: "malformed", sentence: "has an empty part in its host", fix: "remove the dot that is too many" };
  if (
    !labels.every((label) => /^[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?$/.test(label) && label.length <= 63) ||
    host.length > 253
  ) {
    const fix = `use letters, digits, "-", "." and the pattern "*"; other letters in their ASCII form (xn--…)`;
    return { code: "malformed", sentence: "has an invalid host", fix };
  }
  if (/^[0-9.]+$/.test(host) && !(labels.length === 4 && labels.every((label) => Number(label) <= 255))) {
    return { code: "malformed", sentence: "has an invalid IPv4 address", fix: "write it as 192.0.2.1" };
  }
  if (labels.length === 1 && host !== "localhost" && port === undefined) {
    return host.includes("*")
      ? {
          code: "malformed",
          sentence: `matches no registry: a "*" stands for one part between dots`,
          fix: "write as many parts as the host has: *.example.com",
        }
      : {
          code: "malformed",
          sentence: `has a host without "." and without a port, which no image can name`,
          fix: "write the host as in the image, with its domain or port",
        };
  }
  return undefined;
}

function checkPath(path: string): Issue | undefined {
  if (path.includes("*")) {
    return {
      code: "malformed",
      sentence: `has a "*" in its path, which the kubelet takes literally`,
      fix: "leave it out: the path is a prefix anyway",
    };
  }
  if (/[A-Z]/.test(path))
    return {
      code: "malformed",
      sentence: "has an upper-case letter in its path, which no image has",
      fix: "write the path in lower case",
    };
  if (path.includes(":"))
    return { code: "malformed", sentence: "has a tag or a port in its path", fix: `remove it: ${example}` };
  return !path.includes("%") && whyUnmatchable(`registry.example.com${path}`) === undefined
    ? undefined
    : {
        code: "malformed",
        sentence: "has a path that no image has",
        fix: `write it as in the image: registry.example.com/team`,
      };
}

/**
 * Parses a registry server as users write it into the key that the kubelet matches with images (keyring.ts): `http://` and
 * `https://`, the API's `/v1/` and `/v2/` and a single last slash are dropped, the host is put in lower case. Every name of
 * Docker Hub becomes `docker.io`. Ports, paths (`ghcr.io/team`: a plain prefix; `ghcr.io/team/`: with its end) and patterns
 * (`*.example.com`) stay as the kubelet takes them. What could never match an image is a mistake.
 */
export function parseServer(text: string): Server | Issue {
  const mistake = checkText(text);
  if (mistake !== undefined) return mistake;
  const [, authority = "", writtenPath = ""] = /^(?:https?:\/\/)?([^/]*)(.*)$/is.exec(text) ?? [];
  const [, writtenHost = "", writtenPort] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  const host = writtenHost.toLowerCase();
  // The kubelet strips one leading /v1/ or /v2/ itself; all of them, so that it strips nothing of what is left.
  const withoutApiVersion = writtenPath.replace(/^(?:\/v[12](?=\/|$))+/, "");
  const path = withoutApiVersion === "/" ? "" : withoutApiVersion;

  if (isDockerHubHost(host) && (writtenPort === undefined || writtenPort === "443")) {
    return checkPath(path) ?? { canonical: `docker.io${path}` };
  }
  return (
    checkHost(host, writtenPort) ??
    (writtenPort === undefined ? undefined : checkPort(writtenPort)) ??
    checkPath(path) ?? { canonical: `${host}${writtenPort === undefined ? "" : `:${writtenPort}`}${path}` }
  );
}

/**
 * The part of a Secret's name that stands for its server: a DNS label of at most 54 characters. `*` becomes `any`, all else
 * but letters and digits a `-`. A longer one is cut and ends in a digest of the server, so that it stays its own.
 * Two servers can still have one slug (`a.b` and `a-b`); `checkRegistries` refuses those.
 *
 * @param canonical from `parseServer`
 */
export function secretNameSlug(canonical: string): string {
  const slug = canonical
    .replaceAll("*", "any")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  if (slug.length <= 54) return slug;
  return `${slug.slice(0, 45).replace(/-$/, "")}-${createHash("sha256").update(canonical).digest("hex").slice(0, 8)}`;
}
