import * as pulumi from "@pulumi/pulumi";
import type { Tls } from "../components/fleet-args";
import type { ConfigReader } from "./reader";
import { refuseBadName } from "./secret-value";

/** The certificate that Fleet serves itself, or nothing where TLS ends in front of it. */
export function readTls(reader: ConfigReader): Tls | undefined {
  const certificate = reader.pem("tlsCertificate", "CERTIFICATE");
  const privateKey = reader.pem("tlsPrivateKey", "PRIVATE KEY");
  const secretName = reader.text("tlsSecretName");
  if (secretName !== undefined) {
    if (certificate !== undefined || privateKey !== undefined) {
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
  if (certificate !== undefined && privateKey !== undefined)
    return { certificate, privateKey: pulumi.secret(privateKey) };
  if (certificate !== undefined) {
    reader.refuse(
      "tlsPrivateKey",
      "conflict",
      "is not set, but tlsCertificate is",
      "set the key that belongs to it: pulumi config set --secret tlsPrivateKey < FILE.pem",
    );
  }
  if (privateKey !== undefined) {
    reader.refuse(
      "tlsCertificate",
      "conflict",
      "is not set, but tlsPrivateKey is",
      "set the certificate chain that belongs to it: pulumi config set tlsCertificate < FILE.pem",
    );
  }
  return undefined;
}
