import type { Issue } from "../registry/issue";

const hasPrivateKey = (text: string): boolean => /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(text);

/** PKCS #8, and the older form of OpenSSL. */
const isEncrypted = (text: string): boolean =>
  /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);

/** What is wrong with a certificate or a private key in PEM form; what is inside of the blocks is not looked at. */
export function pemMistake(key: string, label: "CERTIFICATE" | "PRIVATE KEY", text: string): Issue | undefined {
  if (label === "CERTIFICATE") {
    if (hasPrivateKey(text)) {
      const fix = `set the certificates alone, and make a new key: pulumi config set ${key} < FILE.pem`;
      return { code: "not-encrypted", sentence: "contains a private key, which anyone can read", fix };
    }
    if (text.includes("-----BEGIN CERTIFICATE-----")) return undefined;
    const fix = `set it from its file: pulumi config set ${key} < FILE.pem`;
    return { code: "malformed", sentence: "contains no certificate in PEM form", fix };
  }
  if (!hasPrivateKey(text)) {
    const fix = `set it from its file: pulumi config set --secret ${key} < FILE.pem`;
    return { code: "malformed", sentence: "contains no private key in PEM form", fix };
  }
  if (!isEncrypted(text)) return undefined;
  const fix = `set it without one: openssl pkey -in FILE.pem | pulumi config set --secret ${key}`;
  return { code: "malformed", sentence: "needs a passphrase, which Fleet has not", fix };
}
