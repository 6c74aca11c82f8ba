import * as pulumi from "@pulumi/pulumi";
import type { SecretKey } from "../components/fleet-args";
import { checkSecretName } from "../registry/secret-name";
import type { KeyOf } from "./keys";
import type { ConfigReader } from "./reader";

/** The arguments of the same names: a secret value, given encrypted or as the Secret that holds it; none where neither is. */
export function readSecret<V extends KeyOf<"string">, S extends KeyOf<"object">>(
  reader: ConfigReader,
  valueKey: V,
  secretKey: S,
  minimumBytes = 1,
): { readonly [key in V]?: pulumi.Output<string> } & { readonly [key in S]?: SecretKey } {
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
  type Read = ReturnType<typeof readSecret<V, S>>;
  if (value !== undefined) return { [valueKey]: pulumi.secret(value) } as Read;
  if (secretName === undefined || key === undefined) return {};
  refuseBadName(reader, `${secretKey}.secretName`, secretName);
  return { [secretKey]: { secretName, key } } as Read;
}

/** Refuses what Kubernetes would not take for the name of a Secret; an empty one the reader has refused. */
export function refuseBadName(reader: ConfigReader, key: string, name: string): void {
  if (name.trim() !== "") reader.refuseFor(key, checkSecretName(name));
}
