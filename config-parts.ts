import * as pulumi from "@pulumi/pulumi";
import { bundledDatabase } from "./components/datastores";
import type { Cache, Database, FleetArgs, SecretValue, Tls } from "./components/fleet-args";
import { checkSecretName } from "./components/registry/secret-name";
import type { ConfigReader } from "./config-reader";

/** MySQL that the stack brings, or nothing where none is described. */
export function readDatabase(reader: ConfigReader): Database | undefined {
  const database = reader.fields("database", ["address", "name", "username", "secretName", "passwordKey"]);
  const value = reader.secret("databasePassword");
  if (Object.keys(database).length === 0 && value === undefined) return undefined;
  const password = readPassword(reader, "database", { ...database, value }, "mysql-password");
  if (password === undefined) {
    reader.problem(
      "databasePassword",
      "is not set",
      "set it with `pulumi config set --secret databasePassword`, or name a Secret in database.secretName",
    );
  }
  return {
    address: readAddress(reader, "database", database.address, "mysql.example.com:3306"),
    name: database.name ?? bundledDatabase.name,
    username: database.username ?? bundledDatabase.username,
    password: password ?? { value: "" },
  };
}

/** Redis or Valkey that the stack brings, or nothing where none is described. */
export function readCache(reader: ConfigReader): Cache | undefined {
  const cache = reader.fields("cache", ["address", "secretName", "passwordKey"]);
  const value = reader.secret("cachePassword");
  if (Object.keys(cache).length === 0 && value === undefined) return undefined;
  const password = readPassword(reader, "cache", { ...cache, value }, "redis-password");
  return {
    address: readAddress(reader, "cache", cache.address, "redis.example.com:6379"),
    ...(password && { password }),
  };
}

/** The host name, without which no URL can be made. */
export function readHostName(reader: ConfigReader): string | undefined {
  const hostName = reader.text("hostName");
  if (hostName !== undefined && !/^[^\s/:@]+(:\d+)?$/.test(hostName)) {
    reader.problem("hostName", "is not a host name", "write it without scheme and path, for example fleet.example.com");
  }
  return hostName;
}

/** A secret value, given encrypted or as the Secret that holds it; nothing where neither is. */
export function readSecret(
  reader: ConfigReader,
  valueKey: string,
  secretKey: string,
  minimumBytes = 1,
): SecretValue | undefined {
  const value = reader.secret(valueKey);
  if (value !== undefined && Buffer.byteLength(value) < minimumBytes) {
    reader.problem(
      valueKey,
      `has fewer than ${minimumBytes} bytes`,
      `set a longer one: openssl rand -hex ${minimumBytes} | pulumi config set --secret ${valueKey}`,
    );
  }
  const { secretName, key } = reader.fields(secretKey, ["secretName", "key"]);
  if (value !== undefined && secretName !== undefined) {
    reader.problem(valueKey, `and ${secretKey} are both set`, "keep only one of the two");
  }
  if ((secretName === undefined) !== (key === undefined)) {
    reader.problem(secretKey, "needs both secretName and key", "name the Secret and the key inside it");
  }
  if (value !== undefined) return { value: pulumi.secret(value) };
  if (secretName === undefined || key === undefined) return undefined;
  refuseBadName(reader, `${secretKey}.secretName`, secretName);
  return { secretName, key };
}

/** The certificate that Fleet serves itself, or nothing where TLS ends in front of it. */
export function readTls(reader: ConfigReader): Tls | undefined {
  const certificate = reader.pem("tlsCertificate", "CERTIFICATE");
  const privateKey = reader.pem("tlsPrivateKey", "PRIVATE KEY");
  const secretName = reader.text("tlsSecretName");
  if (secretName !== undefined) {
    if (certificate !== undefined || privateKey !== undefined) {
      reader.problem(
        "tlsSecretName",
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
    reader.problem(
      "tlsPrivateKey",
      "is not set, but tlsCertificate is",
      "set the key that belongs to it: pulumi config set --secret tlsPrivateKey < FILE.pem",
    );
  }
  if (privateKey !== undefined) {
    reader.problem(
      "tlsCertificate",
      "is not set, but tlsPrivateKey is",
      "set the certificate chain that belongs to it: pulumi config set tlsCertificate < FILE.pem",
    );
  }
  return undefined;
}

/** The CronJob of its own, as in the chart. */
export function readVulnProcessing(reader: ConfigReader): FleetArgs["vulnProcessing"] {
  const { dedicated, schedule, ...others } = reader.map("vulnProcessing") ?? {};
  for (const name of Object.keys(others)) reader.refuseUnknown(name, "vulnProcessing.", ["dedicated", "schedule"]);
  if (dedicated !== undefined && typeof dedicated !== "boolean") {
    reader.problem("vulnProcessing.dedicated", "is not true or false", "write it without quotes");
  }
  if (schedule !== undefined && (typeof schedule !== "string" || schedule.trim().split(/\s+/).length !== 5)) {
    reader.problem(
      "vulnProcessing.schedule",
      "is not a cron schedule",
      'write five fields in quotes, for example "0 * * * *"',
    );
  }
  if (dedicated === undefined && schedule === undefined) return undefined;
  return { dedicated: dedicated === true, ...(typeof schedule === "string" && { schedule }) };
}

function readAddress(reader: ConfigReader, key: string, address: string | undefined, example: string): string {
  if (address === undefined)
    reader.problem(`${key}.address`, "is not set", `write host and port, for example ${example}`);
  else if (!/^[^\s/:]+:\d+$|^\[[^\s/]+\]:\d+$/.test(address)) {
    reader.problem(`${key}.address`, "is not of the form host:port", `write host and port, for example ${example}`);
  }
  return address ?? "";
}

function readPassword(
  reader: ConfigReader,
  key: string,
  given: { readonly secretName?: string; readonly passwordKey?: string; readonly value?: string },
  defaultKey: string,
): SecretValue | undefined {
  if (given.value !== undefined && given.secretName !== undefined) {
    reader.problem(`${key}.secretName`, `and ${key}Password are both set`, "keep only one of the two");
  }
  if (given.secretName !== undefined) {
    refuseBadName(reader, `${key}.secretName`, given.secretName);
    return { secretName: given.secretName, key: given.passwordKey ?? defaultKey };
  }
  if (given.passwordKey !== undefined) {
    reader.problem(`${key}.passwordKey`, "is set without secretName", "name the Secret that has this key");
  }
  return given.value === undefined ? undefined : { value: pulumi.secret(given.value) };
}

function refuseBadName(reader: ConfigReader, key: string, name: string): void {
  const mistake = checkSecretName(name);
  if (mistake !== undefined) reader.problem(key, mistake.problem, mistake.fix);
}
