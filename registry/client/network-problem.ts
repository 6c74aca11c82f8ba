import type { NetworkProblem } from "./verdict";

interface NetworkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
}

const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate is revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function explainTls(code: string, message: string): string {
  if (certificates[code] !== undefined) return certificates[code];
  // https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error: no way from the certificate to a known authority
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED|INVALID_CA/.test(code)) {
    return "its certificate is signed by an authority that this machine does not know";
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER/.test(code)) return notTls;
  if (/before secure TLS/.test(message)) return "it ends the connection before TLS begins";
  return `TLS fails (${code})`;
}

/** Found where something else than TLS listens, plain HTTP most often. */
export const notTls = "it does not speak TLS";

/** By the error codes of Node.js (`errno`, OpenSSL's verify codes, llhttp) and of undici. */
const patterns: readonly (readonly [RegExp, NetworkProblem, string])[] = [
  [/^(ENOTFOUND|EAI_FAIL|EAI_NODATA|EAI_NONAME)$/, "DNS", "its name does not resolve"],
  [/^EAI_/, "DNS", "its name cannot be resolved now"],
  [/^ECONNREFUSED$/, "refused", "it refuses the connection"],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/, "no route", "there is no route to it"],
  [/^(ETIMEDOUT|UND_ERR_\w+_TIMEOUT)$/, "timeout", "it does not answer in time"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, "reset", "it ends the connection"],
  [/^UND_ERR_PRX_TLS$/, "proxy", "the proxy's certificate is for another name"],
  [/^(UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES\w*)$/, "protocol", "it answers something else than HTTP"],
];

/** Whether an error of the connection comes from another host than the one asked: from the proxy. */
function isProxys(error: NetworkError, url: URL): boolean {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return (
    (typeof error.hostname === "string" && error.hostname !== host) ||
    (typeof error.port === "number" && error.port !== port)
  );
}

/**
 * What an error of a request means. Of its own text nothing is kept: it may hold a proxy's password.
 *
 * @param url what was asked
 */
export function networkProblem(
  thrown: unknown,
  url: URL,
): { readonly reason: NetworkProblem; readonly detail: string } {
  if (typeof thrown !== "object" || thrown === null) return { reason: "protocol", detail: "it could not be asked" };
  const error: NetworkError = thrown;
  // One error for each address that was tried.
  if (Array.isArray(error.errors) && error.errors.length > 0) return networkProblem(error.errors[0], url);
  if (error.name === "TimeoutError") return { reason: "timeout", detail: "it does not answer in time" };
  const code = typeof error.code === "string" && /^\w+$/.test(error.code) ? error.code : "";
  const message = typeof error.message === "string" ? error.message : "";

  if (error.name === "HTTPParserError") return { reason: "protocol", detail: "it answers something else than HTTP" };
  const tunnel = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  if (tunnel !== undefined) return { reason: "proxy", detail: `the proxy answers ${tunnel}` };
  if (
    /before secure TLS/.test(message) ||
    /^(ERR_(TLS|SSL|OSSL)_|EPROTO|CERT_|UNABLE_|HOSTNAME_|INVALID_|PATH_)|SELF_SIGNED/.test(code)
  ) {
    return { reason: "TLS", detail: explainTls(code, message) };
  }
  const [, reason, detail] = patterns.find(([pattern]) => pattern.test(code)) ?? [];
  if (reason === undefined || detail === undefined) {
    return { reason: "protocol", detail: code === "" ? "it could not be asked" : `it could not be asked (${code})` };
  }
  if (!isProxys(error, url)) return { reason, detail };
  return { reason: "proxy", detail: detail.replace(/^it\b/, "the proxy").replace(/^its/, "the proxy's") };
}
