import { badSecretName, testMessages, type MessageCase } from "../support/message-cases";

const pem = "-----BEGIN PRIVATE KEY-----";

const cases: readonly MessageCase[] = [
  [
    "no database address",
    { databasePassword: "x" },
    ["fleet:database.address is not set; write host and port, for example mysql.example.com:3306"],
  ],
  [
    "a database address without port",
    { database: { address: "mysql" }, databasePassword: "x" },
    ["fleet:database.address is not of the form host:port; write host and port, for example mysql.example.com:3306"],
  ],
  [
    "no database password",
    { database: { address: "db:1" } },
    [
      "fleet:databasePassword is not set; set it with `pulumi config set --secret databasePassword`, or name a Secret in database.secretName",
    ],
  ],
  [
    "a database password twice",
    { database: { address: "db:1", secretName: "Bad!" }, databasePassword: "x" },
    [
      "fleet:database.secretName and databasePassword are both set; keep only one of the two",
      `fleet:database.secretName ${badSecretName}`,
    ],
  ],
  [
    "a database password's key alone",
    { database: { address: "db:1", passwordKey: "k" }, databasePassword: "x" },
    ["fleet:database.passwordKey is set without secretName; name the Secret that has this key"],
  ],
  [
    "a database with unknown keys",
    { database: { address: "db:1", adress: "db:1", username: 7 }, databasePassword: "x" },
    [
      "fleet:database.adress is not a key of this program; did you mean fleet:database.address?",
      "fleet:database.username is not text; put it in quotes",
    ],
  ],
  [
    "a cache with a URL",
    { cache: { address: "redis://cache:6379" } },
    ["fleet:cache.address is not of the form host:port; write host and port, for example redis.example.com:6379"],
  ],
  [
    "a cache password without a cache",
    { cachePassword: "x" },
    ["fleet:cache.address is not set; write host and port, for example redis.example.com:6379"],
  ],
  [
    "a line break in a password",
    { database: { address: "db:1" }, databasePassword: "x\n" },
    [
      'fleet:databasePassword contains a line break or another control character; set it again without: printf %s "$VALUE" | pulumi config set --secret databasePassword',
    ],
  ],
  [
    "a short private key",
    { privateKey: "marker" },
    [
      "fleet:privateKey has fewer than 32 bytes; set a longer one: openssl rand -hex 32 | pulumi config set --secret privateKey",
    ],
  ],
  [
    "a private key twice",
    { privateKey: "k".repeat(32), privateKeySecret: { secretName: "a", key: "b" } },
    ["fleet:privateKey and privateKeySecret are both set; keep only one of the two"],
  ],
  [
    "half a licence Secret",
    { licenseSecret: { secretName: "a" } },
    ["fleet:licenseSecret needs both secretName and key; name the Secret and the key inside it"],
  ],
  [
    "a licence Secret that is none",
    { licenseSecret: { secretName: "A", key: "b" } },
    [`fleet:licenseSecret.secretName ${badSecretName}`],
  ],
  [
    "a certificate without key",
    { tlsCertificate: "-----BEGIN CERTIFICATE-----" },
    [
      "fleet:tlsPrivateKey is not set, but tlsCertificate is; set the key that belongs to it: pulumi config set --secret tlsPrivateKey < FILE.pem",
    ],
  ],
  [
    "a key without certificate",
    { tlsPrivateKey: pem },
    [
      "fleet:tlsCertificate is not set, but tlsPrivateKey is; set the certificate chain that belongs to it: pulumi config set tlsCertificate < FILE.pem",
    ],
  ],
  [
    "TLS that is no PEM",
    { tlsCertificate: "fleet.crt", tlsPrivateKey: "marker" },
    [
      "fleet:tlsCertificate does not begin with a certificate in PEM form; set it from its file: pulumi config set tlsCertificate < FILE.pem",
      "fleet:tlsPrivateKey does not begin with a private key in PEM form; set it from its file: pulumi config set --secret tlsPrivateKey < FILE.pem",
    ],
  ],
  [
    "TLS in both forms",
    { tlsPrivateKey: pem, tlsSecretName: "Tls" },
    [
      "fleet:tlsSecretName is set together with tlsCertificate or tlsPrivateKey; keep only one of the two forms",
      `fleet:tlsSecretName ${badSecretName}`,
    ],
  ],
  [
    "vulnerability processing",
    { vulnProcessing: { dedicated: "true", schedule: "hourly", sched: 1, deadlineSeconds: "90m" } },
    [
      "fleet:vulnProcessing.sched is not a key of this program; the keys are dedicated, schedule, deadlineSeconds",
      "fleet:vulnProcessing.deadlineSeconds is not a number of seconds; write it without quotes, for example 5400, or 0 for none",
      "fleet:vulnProcessing.dedicated is not true or false; write it without quotes",
      'fleet:vulnProcessing.schedule is not a cron schedule; write five fields in quotes, for example "0 * * * *"',
    ],
  ],
];

describe("a mistake in what a stack brings is told with its key and the fix", () => {
  testMessages(cases);
});
