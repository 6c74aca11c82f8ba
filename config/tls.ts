import * as pulumi from "@pulumi/pulumi";
import type { ClientCertificate, Tls } from "../components/fleet-args";
import type { KeyOf } from "./keys";
import type { ConfigReader } from "./reader";
import { refuseBadName } from "./secret-value";

/** The certificate that Fleet serves itself, or nothing where TLS ends in front of it. */
export function readTls(reader: ConfigReader): Tls | undefined {
  const secretName = reader.text("tlsSecretName");
  if (secretName === undefined) return readKeyPair(reader, "tlsCertificate", "tlsPrivateKey");
  const pems = [reader.pem("tlsCertificate", "CERTIFICATE"), reader.pem("tlsPrivateKey", "PRIVATE KEY")];
  if (pems.some((pem) => pem !== undefined)) {
    reader.refuse(
      "tlsSecretName",
      "conflict",
      "is set together with tlsCertificate or tlsPrivateKey",
      "keep only one of the two forms",
    );
  }
  refuseBadName(reader, "tlsSecretName", secretName);
  return { secretName };
}

/** A certificate and its private key, each in PEM form; nothing where neither is set. */
export function readKeyPair(
  reader: ConfigReader,
  certificateKey: KeyOf<"string">,
  privateKeyKey: KeyOf<"string">,
): ClientCertificate | undefined {
  const certificate = reader.pem(certificateKey, "CERTIFICATE");
  const privateKey = reader.pem(privateKeyKey, "PRIVATE KEY");
  if (certificate !== undefined && privateKey !== undefined)
    return { certificate, privateKey: pulumi.secret(privateKey) };
  if (certificate !== undefined) {
    reader.refuse(
      privateKeyKey,
      "conflict",
      `is not set, but ${certificateKey} is`,
      `set the key that belongs to it: pulumi config set --secret ${privateKeyKey} < FILE.pem`,
    );
  }
  if (privateKey !== undefined) {
    reader.refuse(
      certificateKey,
      "conflict",
      `is not set, but ${privateKeyKey} is`,
      `set the certificate chain that belongs to it: pulumi config set ${certificateKey} < FILE.pem`,
    );
  }
  return undefined;
}
