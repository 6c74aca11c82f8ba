import assert from "node:assert/strict";
import { UserError } from "../../../components/user-error";
import { recordingOf, refusalOf } from "../support/fleet-run";
import { badSecretName, testMessages, type MessageCase } from "../support/message-cases";
import { configOf, messagesOf } from "../support/raw-config";

const pem = "-----BEGIN PRIVATE KEY-----";
const chain = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";

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
  ...["0", "65536", "070", "123456"].map((port): MessageCase => [
    `the port ${port} of database and cache`,
    { database: { address: `db:${port}`, secretName: "x" }, cache: { address: `[2001:db8::1]:${port}` } },
    [
      "fleet:database.address has a port that is not from 1 to 65535; write host and port, for example mysql.example.com:3306",
      "fleet:cache.address has a port that is not from 1 to 65535; write host and port, for example redis.example.com:6379",
    ],
  ]),
  [
    "empty fields of database, cache and Secrets, each one sentence",
    {
      database: { address: "", name: "", username: " ", secretName: "", passwordKey: "" },
      privateKeySecret: { secretName: "", key: "" },
    },
    [
      ...["address", "name", "passwordKey", "secretName", "username"].map((name) => `database.${name}`),
      ...["key", "secretName"].map((name) => `privateKeySecret.${name}`),
    ].map((key) => `fleet:${key} is empty; write it, or remove the line`),
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
      "fleet:tlsCertificate contains no certificate in PEM form; set it from its file: pulumi config set tlsCertificate < FILE.pem",
      "fleet:tlsPrivateKey contains no private key in PEM form; set it from its file: pulumi config set --secret tlsPrivateKey < FILE.pem",
    ],
  ],
  [
    "a key behind the chain",
    { tlsCertificate: `${chain}\n${pem}\n`, tlsPrivateKey: pem },
    [
      "fleet:tlsCertificate contains a private key, which anyone can read; set the certificates alone, and make a new key: " +
        "pulumi config set tlsCertificate < FILE.pem",
    ],
  ],
  ...["-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nMII"].map(
    (key): MessageCase => [
      `a key with a passphrase, ${key.length}`,
      { tlsCertificate: "-----BEGIN CERTIFICATE-----", tlsPrivateKey: key },
      [
        "fleet:tlsPrivateKey needs a passphrase, which Fleet has not; set it without one: openssl pkey -in FILE.pem | " +
          "pulumi config set --secret tlsPrivateKey",
      ],
    ],
  ),
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
  ...[
    ["10GB", "is not a quantity of Kubernetes"],
    ["10 Gi", "is not a quantity of Kubernetes"],
    ["-10Gi", "is not a quantity of Kubernetes"],
    ["ten", "is not a quantity of Kubernetes"],
    ["20", "is less than MySQL needs, which is 1Gi"],
    ["1023.9Mi", "is less than MySQL needs, which is 1Gi"],
    ["1e9", "is less than MySQL needs, which is 1Gi"],
    ["1G", "is less than MySQL needs, which is 1Gi"],
  ].map(([mysqlVolumeSize, what]): MessageCase => [
    `a volume of ${mysqlVolumeSize}`,
    { mysqlVolumeSize },
    [`fleet:mysqlVolumeSize ${what}; write a number and a unit, for example 10Gi`],
  ]),
  [
    "a StorageClass that is none",
    { mysqlStorageClass: "Fast_SSD" },
    [
      "fleet:mysqlStorageClass is not a name that Kubernetes takes for a StorageClass; name one of kubectl get storageclass",
    ],
  ],
];

describe("a certificate and its key", () => {
  it("may be as openssl and others write them, with text and other blocks around them", () => {
    for (const [tlsCertificate, tlsPrivateKey] of [
      [`Bag Attributes\n    friendlyName: fleet\nsubject=CN = fleet.example.com\n${chain}\n${chain}`, pem],
      [
        `${chain}\r\n`,
        `-----BEGIN EC PARAMETERS-----\nBgg=\n-----END EC PARAMETERS-----\n-----BEGIN EC PRIVATE KEY-----\n`,
      ],
      [chain, `${chain}\n${pem}`],
    ]) {
      assert.deepEqual(messagesOf({ tlsCertificate, tlsPrivateKey }), []);
    }
  });
});

describe("the volume of the MySQL that is made", () => {
  for (const mysqlVolumeSize of ["1Gi", "1024Mi", "1.5Gi", ".5Ti", "2G", "2e9", "2E9", "1E", "1Ei", "2000000000"]) {
    it(`may be of ${mysqlVolumeSize}`, () => assert.deepEqual(messagesOf({ mysqlVolumeSize }), []));
  }

  it("is as the stack says", async () => {
    const recording = await recordingOf(configOf({ mysqlVolumeSize: "50Gi", mysqlStorageClass: "fast.example" }).fleet);
    const { inputs, ignoreChanges } = recording.get("StatefulSet fleet-mysql");
    const { volumeClaimTemplates } = (inputs as { spec: { volumeClaimTemplates: { spec: object }[] } }).spec;
    assert.deepEqual(
      volumeClaimTemplates.map(({ spec }) => spec),
      [
        {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "fast.example",
          resources: { requests: { storage: "50Gi" } },
        },
      ],
    );
    assert.deepEqual(ignoreChanges, ["spec.volumeClaimTemplates"]);
  });

  it("is refused by the component too", async () => {
    const error = await refusalOf({ imageTag: "v1", mysqlVolumeSize: "10GB" });
    assert.ok(error instanceof UserError);
    assert.equal(
      error.message,
      "mysqlVolumeSize is not a quantity of Kubernetes; write a number and a unit, for example 10Gi",
    );
  });
});

describe("a mistake in what a stack brings is told with its key and the fix", () => {
  testMessages(cases);
});
