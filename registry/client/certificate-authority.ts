import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import type { Issue } from "../issue";

const fix = "give the authority's certificate in PEM form: -----BEGIN CERTIFICATE----- and so on";

const blocks = (pem: string): readonly string[] =>
  pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];

/** Checks the certificate of a private authority, one or several in PEM form; text between them is allowed. */
export function checkCaCertificate(pem: string): Issue | undefined {
  if (pem.trim() === "") return { code: "missing", sentence: "is empty", fix };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    return {
      code: "malformed",
      sentence: "contains a private key",
      fix: "give the certificate alone, and make a new key: this one is known",
    };
  }
  const found = blocks(pem);
  if (found.length === 0) return { code: "malformed", sentence: "contains no certificate", fix };
  const broken = found.findIndex((block) => {
    try {
      return new X509Certificate(block).raw.length === 0;
    } catch {
      return true;
    }
  });
  if (broken < 0) return undefined;
  return {
    code: "malformed",
    sentence: `contains a certificate that cannot be read${found.length > 1 ? `, number ${broken + 1}` : ""}`,
    fix,
  };
}

/** Node.js 22.15 and newer: also what `NODE_EXTRA_CA_CERTS` and `--use-system-ca` add. */
type NewerTls = typeof tls & { getCACertificates?(type: "default"): readonly string[] };

/** What TLS connections trust: what Node.js trusts, and a private authority besides. */
export function tlsContext(caCertificate: string | undefined): { readonly secureContext?: tls.SecureContext } {
  if (caCertificate === undefined) return {};
  const known = (tls as NewerTls).getCACertificates?.("default") ?? tls.rootCertificates;
  // As Go does it, so as containerd does: a certificate that is trusted need not be a root.
  const options = { ca: [...known, ...blocks(caCertificate)], allowPartialTrustChain: true };
  return { secureContext: tls.createSecureContext(options) };
}
