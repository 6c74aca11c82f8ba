import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../registry/issue";
import type { Database, DatabaseTls } from "./fleet-args";
import { asObject, type Values } from "./plain-values";

/** The keys of the certificates in the Secret that has the database's password: Fleet's chart mounts that one (fleetdm/fleet 8207). */
const secretKeys = { caCertKey: "ca.cert", certKey: "client.cert", keyKey: "client.key" } as const;

/** What goes into the Secret beside the password. */
export function tlsSecretData({ caCertificate, client }: DatabaseTls): Record<string, pulumi.Input<string>> {
  return {
    [secretKeys.caCertKey]: caCertificate,
    ...(client && { [secretKeys.certKey]: client.certificate, [secretKeys.keyKey]: client.privateKey }),
  };
}

/** `database.tls` of the chart. Fleet makes its own `config` of it where there is an authority (server/datastore/mysql). */
export function tlsValues({ client }: DatabaseTls): Values {
  const { caCertKey, ...ofClient } = secretKeys;
  return { enabled: true, caCertKey, ...(client && ofClient) };
}

/**
 * Certificates that the chart would look for in a Secret which does not have them: it takes all of them, a read replica's
 * too, from the one with the password. `nameOf` gives the name under which the user knows an argument of `Fleet`.
 */
export function checkDatabaseTls(
  { database, values = {} }: { readonly database?: Database; readonly values?: Values },
  nameOf: (argument: string) => string = (argument) => `"${argument}"`,
): readonly Issue[] {
  const issues: Issue[] = [];
  const tls = database?.tls;
  // A Secret of others has whatever its owner says.
  const isMadeHere = database?.passwordSecret === undefined;
  const ca = nameOf("database.tls.caCertificate");
  if (tls !== undefined && !isMadeHere) {
    issues.push({
      place: "database.tls.caCertificate",
      code: "conflict",
      sentence:
        "is set, but the password is in a Secret that others made, and the chart mounts certificates from that one",
      fix: "put the certificate into that Secret, and name its key in values.database.tls: {enabled: true, caCertKey: KEY}",
    });
  }
  const given = asObject(asObject(values.database).tls);
  const replica = asObject(asObject(values.database_read_replica).tls);
  for (const key of [...Object.keys(secretKeys), "enabled"].filter((key) => tls !== undefined && key in given)) {
    issues.push({
      place: `values.database.tls.${key}`,
      code: "managed-value",
      sentence: "is a chart value that this program sets itself",
      fix: `remove it: ${ca} is set`,
    });
  }
  const present = tls === undefined ? [] : Object.keys(tlsSecretData(tls));
  const missing = (path: string, of: Values) => {
    for (const key of Object.keys(secretKeys).filter((key) => Boolean(of[key]) && !present.includes(String(of[key])))) {
      issues.push({
        place: `values.${path}.${key}`,
        code: "conflict",
        sentence: "names a key that is not in the Secret with the database's password, which this program makes",
        fix: present.length === 0 ? `set ${ca} instead` : `name one of ${present.join(", ")}`,
      });
    }
  };
  if (isMadeHere && tls === undefined) missing("database.tls", given);
  if (replica.enabled !== true) return issues;
  if (isMadeHere) missing("database_read_replica.tls", replica);
  else if (given.enabled !== true && tls === undefined && Object.keys(secretKeys).some((key) => replica[key])) {
    issues.push({
      place: "values.database_read_replica.tls",
      code: "conflict",
      sentence: "names certificates, which the chart mounts only with database.tls.enabled",
      fix: "set values.database.tls.enabled to true too",
    });
  }
  return issues;
}
