import { testCertificate } from "../../support/fake-registry";
import { testMessages, type MessageCase } from "../support/message-cases";

const { ca, cert, key } = testCertificate();
const inSecret = { database: { address: "db:1", secretName: "mysql" } };
const own = { database: { address: "db:1" }, databasePassword: "x" };
const pem = (path: string, secret = "") => `pulumi config set ${secret}${path} < FILE.pem`;

const cases: readonly MessageCase[] = [
  [
    "certificates beside a Secret of others",
    { ...inSecret, databaseCaCertificate: ca },
    [
      "fleet:databaseCaCertificate is set, but the password is in a Secret that others made, and the chart mounts certificates from that one; put the certificate into that Secret, and name its key in values.database.tls: {enabled: true, caCertKey: KEY}",
    ],
  ],
  [
    "keys that the program's own Secret does not have",
    { ...own, values: { database: { tls: { enabled: true, caCertKey: "ca.pem", certKey: "c", keyKey: null } } } },
    ["caCertKey", "certKey"].map(
      (name) =>
        `fleet:values.database.tls.${name} names a key that is not in the Secret with the database's password, which this program makes; set fleet:databaseCaCertificate instead`,
    ),
  ],
  [
    "keys for the MySQL that is made",
    { values: { database: { tls: { caCertKey: "ca.pem" } } } },
    [
      "fleet:values.database.tls.caCertKey names a key that is not in the Secret with the database's password, which this program makes; set fleet:databaseCaCertificate instead",
    ],
  ],
  [
    "values of what the program sets then",
    {
      ...own,
      databaseCaCertificate: ca,
      values: { database: { tls: { enabled: false, keyKey: "k", serverName: "db.example.com" } } },
    },
    ["keyKey", "enabled"].map(
      (name) =>
        `fleet:values.database.tls.${name} is a chart value that this program sets itself; remove it: fleet:databaseCaCertificate is set`,
    ),
  ],
  [
    "a read replica's certificate that is not there",
    {
      ...own,
      databaseCaCertificate: ca,
      values: { database_read_replica: { tls: { enabled: true, caCertKey: "ca.cert", certKey: "client.cert" } } },
    },
    [
      "fleet:values.database_read_replica.tls.certKey names a key that is not in the Secret with the database's password, which this program makes; name one of ca.cert",
    ],
  ],
  [
    "a read replica's certificate that is mounted nowhere",
    { ...inSecret, values: { database_read_replica: { tls: { enabled: true, caCertKey: "ca.cert" } } } },
    [
      "fleet:values.database_read_replica.tls names certificates, which the chart mounts only with database.tls.enabled; set values.database.tls.enabled to true too",
    ],
  ],
  [
    "a client certificate without its key",
    { ...own, databaseCaCertificate: ca, databaseClientCertificate: cert },
    [
      `fleet:databaseClientKey is not set, but databaseClientCertificate is; set the key that belongs to it: ${pem("databaseClientKey", "--secret ")}`,
    ],
  ],
  [
    "a client key without its certificate",
    { ...own, databaseCaCertificate: ca, databaseClientKey: key },
    [
      `fleet:databaseClientCertificate is not set, but databaseClientKey is; set the certificate chain that belongs to it: ${pem("databaseClientCertificate")}`,
    ],
  ],
  [
    "a client certificate without an authority",
    { ...own, databaseClientCertificate: cert, databaseClientKey: key },
    [
      `fleet:databaseCaCertificate is not set, but databaseClientCertificate is, which Fleet shows only to a MySQL whose authority it knows; set the authority's certificate: ${pem("databaseCaCertificate")}`,
    ],
  ],
  [
    "an authority that is none, of no database",
    { databaseCaCertificate: "ca.pem" },
    [
      "fleet:databaseCaCertificate contains no certificate; give the authority's certificate in PEM form: -----BEGIN CERTIFICATE----- and so on",
      "fleet:databasePassword is not set; set it with `pulumi config set --secret databasePassword`, or name a Secret in database.secretName",
      "fleet:database.address is not set; write host and port, for example mysql.example.com:3306",
    ],
  ],
];

describe("certificates that Fleet would look for and not find are told with their key and the fix", () => {
  testMessages(cases);
});
