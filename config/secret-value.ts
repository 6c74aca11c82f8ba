import * as pulumi from "@pulumi/pulumi";
import type { SecretValue } from "../components/fleet-args";
import { checkSecretName } from "../registry/secret-name";
import type { KeyOf } from "./keys";
import type { ConfigReader } from "./reader";

/** A secret value, given encrypted or as the Secret that holds it; nothing where neither is. */
export function readSecret(
  reader: ConfigReader,
  valueKey: KeyOf<"string">,
  secretKey: KeyOf<"object">,
  minimumBytes = 1,
): SecretValue | undefined {
  const value = reader.secret(valueKey);
  if (value !== undefined && Buffer.byteLength(value) < minimumBytes) {
    reader.refuse(
      valueKey,
      "malformed",
      `has fewer than ${minimumBytes} bytes`,
      `set a longer one: openssl rand -hex ${minimumBytes} | pulumi config set --secret ${valueKey}`,
    );
  }
  const { secretName, key } = reader.fields(secretKey, ["secretName", "key"]);
  if (value !== undefined && secretName !== undefined) {
    reader.refuse(valueKey, "conflict", `and ${secretKey} are both set`, "keep only one of the two");
  }
  if ((secretName === undefined) !== (key === undefined)) {
    reader.refuse(secretKey, "conflict", "needs both secretName and key", "name the Secret and the key inside it");
  }
  if (value !== undefined) return { value: pulumi.secret(value) };
  if (secretName === undefined || key === undefined) return undefined;
  refuseBadName(reader, `${secretKey}.secretName`, secretName);
  return { secretName, key };
}

/** Refuses what Kubernetes would not take for the name of a Secret; an empty one the reader has refused. */
export function refuseBadName(reader: ConfigReader, key: string, name: string): void {
  if (name.trim() !== "") reader.refuseFor(key, checkSecretName(name));
}
