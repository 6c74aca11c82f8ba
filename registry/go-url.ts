// The parts of Go's net/url, net and net/netip (Go 1.26, which kubernetes v1.36.2 is built with) that decide what the
// kubelet makes of a key in a docker config. All texts here are byte strings: one character per byte of UTF-8, as Go sees them.

/** Host with port, and path, both unescaped; user info, query and fragment are dropped. */
export interface HttpUrl {
  readonly host: string;
  readonly path: string;
}

export const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
export const fromBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

const controlByte = (text: string): boolean => /[\0-\x1f\x7f]/.test(text); // eslint-disable-line no-control-regex
const hostByte = /^[A-Za-z0-9!"$&'()*+,\-.:;<=>[\]_~\x80-\xff]$/;
const userInfo = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const optionalPort = /^(?::[0-9]*)?$/;

type Part = "host" | "zone" | "other";

/** `unescape` of net/url; `undefined` where that is an error. */
function unescape(text: string, part: Part): string | undefined {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char !== "%") {
      if (part !== "other" && !hostByte.test(char)) return undefined;
      result += char;
      continue;
    }
    const hex = text.slice(i + 1, i + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(hex)) return undefined;
    const byte = String.fromCharCode(parseInt(hex, 16));
    if (part === "host" && byte < "\x80" && hex !== "25") return undefined;
    if (part === "zone" && hex !== "25" && byte !== " " && (byte >= "\x80" || !hostByte.test(byte))) return undefined;
    result += byte;
    i += 2;
  }
  return result;
}

/** An IPv6 address with an optional zone, as netip's `ParseAddr` takes it. */
export function isIPv6(text: string): boolean {
  const percent = text.indexOf("%");
  if (percent === text.length - 1 && percent >= 0) return false;
  const address = percent < 0 ? text : text.slice(0, percent);
  if (!address.includes(":")) return false;
  const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  const groups = address.replace(new RegExp(`:${octet}(?:\\.${octet}){3}$`), ":0:0");
  const halves = groups.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const count = halves.flat().length;
  if (!halves.flat().every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 1 ? count === 8 : halves.length === 2 && count <= 7;
}

function parseIPLiteral(host: string): string | undefined {
  const close = host.lastIndexOf("]");
  if (close < 0 || !optionalPort.test(host.slice(close + 1))) return undefined;
  const inside = host.slice(1, close);
  const zone = inside.indexOf("%25");
  const address = unescape(zone < 0 ? inside : inside.slice(0, zone), "host");
  const scope = zone < 0 ? "" : unescape(inside.slice(zone), "zone");
  if (address === undefined || scope === undefined || !isIPv6(address + scope)) return undefined;
  return `[${address}${scope}]${host.slice(close + 1)}`;
}

function parseHost(host: string): string | undefined {
  const open = host.lastIndexOf("[");
  if (open > 0) return undefined;
  if (open === 0) return parseIPLiteral(host);
  const colon = host.indexOf(":");
  if (colon >= 0 && !optionalPort.test(host.slice(colon))) return undefined;
  return unescape(host, "host");
}

/** net/url's `Parse` of a URL that begins with `http://` or `https://`; `undefined` where that is an error. */
export function parseHttpUrl(url: string): HttpUrl | undefined {
  const hash = url.indexOf("#");
  const beforeHash = hash < 0 ? url : url.slice(0, hash);
  if (controlByte(beforeHash)) return undefined;
  if (hash >= 0 && unescape(url.slice(hash + 1), "other") === undefined) return undefined;

  const [withoutQuery = ""] = beforeHash.split("?", 1);
  const rest = withoutQuery.slice(withoutQuery.indexOf("//") + 2);
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (host === undefined) return undefined;
  if (at >= 0) {
    const user = authority.slice(0, at);
    const colon = user.indexOf(":");
    const parts = colon < 0 ? [user] : [user.slice(0, colon), user.slice(colon + 1)];
    if (!userInfo.test(user) || parts.some((part) => unescape(part, "other") === undefined)) return undefined;
  }
  const path = unescape(slash < 0 ? "" : rest.slice(slash), "other");
  return path === undefined ? undefined : { host, path };
}

/** net's `SplitHostPort`; where that is an error, the whole text is the host and there is no port. */
export function splitHostPort(text: string): readonly [string, string] {
  const whole = [text, ""] as const;
  const colon = text.lastIndexOf(":");
  if (colon < 0) return whole;
  let host = text.slice(0, colon);
  let rest = text;
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end + 1 !== colon) return whole;
    host = text.slice(1, end);
    rest = `${host}${text.slice(colon)}`;
    if (text.indexOf("]", colon) >= 0) return whole;
  } else if (host.includes(":") || text.includes("]")) {
    return whole;
  }
  return rest.includes("[") ? whole : [host, text.slice(colon + 1)];
}
