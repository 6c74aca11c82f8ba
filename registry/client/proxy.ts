import { BlockList, isIP } from "node:net";

/** How this machine reaches HTTPS servers. */
export interface ProxySettings {
  /** The proxy's URL, with its login. @default none, everything is asked directly */
  readonly url?: string;
  /** `NO_PROXY`: what is asked directly all the same. */
  readonly exceptions: string;
}

/**
 * The proxy as Go reads it (golang.org/x/net `http/httpproxy`), so Helm, Pulumi and its plugins: `HTTPS_PROXY` alone, since
 * `HTTP_PROXY` is for plain HTTP; in capitals or not; `proxy.example.com:3128` is `http://`.
 */
export function proxySettings(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const variable = (name: string) => environment[name] || environment[name.toLowerCase()] || "";
  const address = variable("HTTPS_PROXY");
  const exceptions = variable("NO_PROXY");
  if (address === "") return { exceptions };
  return { url: /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`, exceptions };
}

/**
 * Whether `NO_PROXY` names a URL's host. An entry is `*`, a domain (with all below it; after `.` or `*.` those alone), an
 * address or a subnet (`10.0.0.0/8`), the first three with a port or without. Names are not resolved.
 */
export function isExcepted({ hostname, port, protocol }: URL, exceptions: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const asked = port !== "" ? port : protocol === "https:" ? "443" : "80";
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, beforePort = entry, wanted = asked] = (isIP(entry) === 0 && /^(.+):(\d+)$/.exec(entry)) || [];
      return wanted === asked && isNamed(host, beforePort.replace(/^\[|\]$/g, ""));
    });
}

function isNamed(host: string, name: string): boolean {
  if (name === "*") return true;
  const [, address = name, bits] = /^(.+)\/(\d{1,3})$/.exec(name) ?? [];
  if (isIP(address) !== 0) return isIP(host) !== 0 && isInSubnet(host, address, bits);
  const domain = name.replace(/^\*\./, ".");
  return domain.startsWith(".")
    ? host.endsWith(domain)
    : host === domain || (domain !== "" && host.endsWith(`.${domain}`));
}

const family = (address: string) => (isIP(address) === 4 ? "ipv4" : "ipv6");

function isInSubnet(host: string, address: string, bits: string | undefined): boolean {
  const longest = isIP(address) === 4 ? 32 : 128;
  const length = bits === undefined ? longest : Number(bits);
  if (length > longest) return false;
  const subnet = new BlockList();
  subnet.addSubnet(address, length, family(address));
  return subnet.check(host, family(host));
}
