import * as pulumi from "@pulumi/pulumi";
import { bundledDatabase } from "../components/datastores";
import type { Cache, Database, DatabaseTls, FleetArgs } from "../components/fleet-args";
import { checkVolumeSize } from "../components/quantity";
import type { Issue } from "../registry/issue";
import { isPort } from "../registry/port";
import { checkCaCertificate } from "../registry/client/certificate-authority";
import { isSubdomain } from "../registry/secret-name";
import type { ConfigReader } from "./reader";
import { refuseBadName } from "./secret-value";
import { readKeyPair } from "./tls";

/** MySQL that the stack brings, or nothing where none is described. */
export function readDatabase(reader: ConfigReader): Database | undefined {
  const database = reader.fields("database", ["address", "name", "username", "secretName", "passwordKey"]);
  const value = reader.secret("databasePassword");
  const tls = readDatabaseTls(reader);
  if (Object.keys(database).length === 0 && value === undefined && tls === undefined) return undefined;
  const password = readPassword(reader, "database", { ...database, value }, "mysql-password");
  if (Object.keys(password).length === 0) {
    reader.refuse(
      "databasePassword",
      "missing",
      "is not set",
      "set it with `pulumi config set --secret databasePassword`, or name a Secret in database.secretName",
    );
  }
  return {
    address: readAddress(reader, "database", database.address, "mysql.example.com:3306"),
    name: database.name ?? bundledDatabase.name,
    username: database.username ?? bundledDatabase.username,
    ...(Object.keys(password).length === 0 ? { password: "" } : password),
    ...(tls && { tls }),
  };
}

function readDatabaseTls(reader: ConfigReader): DatabaseTls | undefined {
  const caCertificate = reader.text("databaseCaCertificate");
  if (caCertificate !== undefined) reader.refuseFor("databaseCaCertificate", checkCaCertificate(caCertificate));
  const client = readKeyPair(reader, "databaseClientCertificate", "databaseClientKey");
  if (client !== undefined && caCertificate === undefined) {
    reader.refuse(
      "databaseCaCertificate",
      "conflict",
      "is not set, but databaseClientCertificate is, which Fleet shows only to a MySQL whose authority it knows",
      "set the authority's certificate: pulumi config set databaseCaCertificate < FILE.pem",
    );
  }
  return caCertificate === undefined ? undefined : { caCertificate, ...(client && { client }) };
}

/** The volume of the MySQL that is made where the stack brings none. */
export function readVolume(reader: ConfigReader): Pick<FleetArgs, "mysqlVolumeSize" | "mysqlStorageClass"> {
  const mysqlVolumeSize = reader.text("mysqlVolumeSize");
  if (mysqlVolumeSize !== undefined) reader.refuseFor("mysqlVolumeSize", checkVolumeSize(mysqlVolumeSize));
  const mysqlStorageClass = reader.text("mysqlStorageClass");
  if (mysqlStorageClass !== undefined && !isSubdomain(mysqlStorageClass)) {
    reader.refuse(
      "mysqlStorageClass",
      "malformed",
      "is not a name that Kubernetes takes for a StorageClass",
      "name one of kubectl get storageclass",
    );
  }
  return { mysqlVolumeSize, mysqlStorageClass };
}

/** Redis or Valkey that the stack brings, or nothing where none is described. */
export function readCache(reader: ConfigReader): Cache | undefined {
  const cache = reader.fields("cache", ["address", "secretName", "passwordKey"]);
  const value = reader.secret("cachePassword");
  if (Object.keys(cache).length === 0 && value === undefined) return undefined;
  const password = readPassword(reader, "cache", { ...cache, value }, "redis-password");
  return {
    address: readAddress(reader, "cache", cache.address, "redis.example.com:6379"),
    ...password,
  };
}

function readAddress(reader: ConfigReader, key: string, address: string | undefined, example: string): string {
  if (address === undefined)
    reader.refuse(`${key}.address`, "missing", "is not set", `write host and port, for example ${example}`);
  else if (address.trim() !== "") reader.refuseFor(`${key}.address`, addressMistake(address, example));
  return address ?? "";
}

function addressMistake(address: string, example: string): Issue | undefined {
  const [, port] = /^(?:[^\s/:]+|\[[^\s/]+\]):(\d+)$/.exec(address) ?? [];
  if (port !== undefined && isPort(port)) return undefined;
  const sentence = port === undefined ? "is not of the form host:port" : "has a port that is not from 1 to 65535";
  return { code: "malformed", sentence, fix: `write host and port, for example ${example}` };
}

function readPassword(
  reader: ConfigReader,
  key: string,
  given: { readonly secretName?: string; readonly passwordKey?: string; readonly value?: string },
  defaultKey: string,
): Pick<Database, "password" | "passwordSecret"> {
  if (given.value !== undefined && given.secretName !== undefined) {
    reader.refuse(`${key}.secretName`, "conflict", `and ${key}Password are both set`, "keep only one of the two");
  }
  if (given.secretName !== undefined) {
    refuseBadName(reader, `${key}.secretName`, given.secretName);
    return { passwordSecret: { secretName: given.secretName, key: given.passwordKey ?? defaultKey } };
  }
  if (given.passwordKey !== undefined) {
    reader.refuse(`${key}.passwordKey`, "conflict", "is set without secretName", "name the Secret that has this key");
  }
  return given.value === undefined ? {} : { password: pulumi.secret(given.value) };
}
