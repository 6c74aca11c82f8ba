import { badSecretName, testMessages, type MessageCase } from "../support/message-cases";

const valuesOf = (path: string, fix: string) =>
  `fleet:values.${path} is a chart value that this program sets itself; set ${fix} instead`;

const cases: readonly MessageCase[] = [
  [
    "a secret inside values",
    { values: { a: "x" } },
    [
      "fleet:values holds an encrypted value, but the Helm release would keep it in plain text; put it in a Secret and name that in values.envsFrom",
    ],
    ["values"],
  ],
  ["values that are no map", { values: "[]" }, ["fleet:values is not a map; write it as YAML in the stack's file"]],
  [
    "values of the image",
    { values: { imageRepository: 1, imageTag: 2, hostName: 3, replicas: 4 } },
    ["imageRepository", "imageTag", "hostName", "replicas"].map((key) => valuesOf(key, `fleet:${key}`)),
  ],
  [
    "values of the database",
    {
      values: {
        database: { address: 1, database: 2, username: 3, secretName: 4, passwordKey: 5 },
        mysql: { enabled: true },
      },
    },
    [
      valuesOf("database.address", "fleet:database.address"),
      valuesOf("database.database", "fleet:database.name"),
      valuesOf("database.username", "fleet:database.username"),
      valuesOf("database.secretName", "fleet:database.secretName"),
      valuesOf("database.passwordKey", "fleet:database.passwordKey"),
      valuesOf("mysql.enabled", "fleet:database"),
    ],
  ],
  [
    "values of the cache",
    { values: { cache: { address: 1, usePassword: 2, secretName: 3, passwordKey: 4 }, redis: { enabled: true } } },
    [
      valuesOf("cache.address", "fleet:cache.address"),
      valuesOf("cache.usePassword", "fleet:cache.secretName"),
      valuesOf("cache.secretName", "fleet:cache.secretName"),
      valuesOf("cache.passwordKey", "fleet:cache.passwordKey"),
      valuesOf("redis.enabled", "fleet:cache"),
    ],
  ],
  [
    "values of TLS",
    {
      values: { fleet: { tls: { enabled: 1, uniqueTLSSecret: 2, secretName: 3, certSecretKey: 4, keySecretKey: 5 } } },
    },
    ["enabled", "uniqueTLSSecret", "secretName", "certSecretKey", "keySecretKey"].map((key) =>
      valuesOf(`fleet.tls.${key}`, "fleet:tlsCertificate or fleet:tlsSecretName"),
    ),
  ],
  [
    "values of the licence",
    { values: { fleet: { license: { secretName: 1, licenseKey: 2 } } } },
    ["secretName", "licenseKey"].map((key) =>
      valuesOf(`fleet.license.${key}`, "fleet:licenseKey or fleet:licenseSecret"),
    ),
  ],
  [
    "values of the private key",
    { values: { environments: { FLEET_SERVER_PRIVATE_KEY: "k" }, envsFrom: [{ name: "FLEET_SERVER_PRIVATE_KEY" }] } },
    [
      valuesOf("environments.FLEET_SERVER_PRIVATE_KEY", "fleet:privateKey or fleet:privateKeySecret"),
      valuesOf("envsFrom (FLEET_SERVER_PRIVATE_KEY)", "fleet:privateKey or fleet:privateKeySecret"),
    ],
  ],
  [
    "variables of the database and the cache",
    {
      values: {
        environments: {
          FLEET_MYSQL_ADDRESS: "db:3306",
          FLEET_MYSQL_USERNAME: "fleet",
          FLEET_MYSQL_MAX_OPEN_CONNS: "9",
        },
        envsFrom: [{ name: "FLEET_MYSQL_DATABASE" }, { name: "FLEET_REDIS_ADDRESS" }, { name: "FLEET_REDIS_USERNAME" }],
      },
    },
    [
      valuesOf("environments.FLEET_MYSQL_ADDRESS", "fleet:database.address"),
      valuesOf("environments.FLEET_MYSQL_USERNAME", "fleet:database.username"),
      valuesOf("envsFrom (FLEET_MYSQL_DATABASE)", "fleet:database.name"),
      valuesOf("envsFrom (FLEET_REDIS_ADDRESS)", "fleet:cache.address"),
    ],
  ],
  [
    "secrets among the variables",
    {
      values: {
        environments: {
          FLEET_MYSQL_PASSWORD: "p",
          FLEET_REDIS_PASSWORD: "p",
          FLEET_LICENSE_KEY: "k",
          FLEET_SES_SECRET_ACCESS_KEY: "p",
          HTTPS_PROXY: "http://user:p@proxy.example.com:3128",
          FLEET_LOGGING_DEBUG: "true",
          FLEET_MYSQL_READ_REPLICA_PASSWORD: null,
        },
        envsFrom: [{ name: "FLEET_KAFKAREST_PASSWORD" }],
      },
    },
    (
      [
        ["FLEET_LICENSE_KEY", "set fleet:licenseKey or fleet:licenseSecret instead"],
        ["FLEET_MYSQL_PASSWORD", "set fleet:databasePassword instead"],
        ["FLEET_REDIS_PASSWORD", "set fleet:cachePassword instead"],
        ["FLEET_SES_SECRET_ACCESS_KEY", "put it in a Secret and name that in values.envsFrom"],
        ["HTTPS_PROXY", "put it in a Secret and name that in values.envsFrom"],
      ] as const
    ).map(
      ([name, fix]) =>
        `fleet:values.environments.${name} is a secret, and the Helm release would keep it in plain text; ${fix}`,
    ),
  ],
  [
    "values of vulnerability processing",
    { values: { vulnProcessing: { dedicated: true, schedule: "x" } } },
    [
      valuesOf("vulnProcessing.dedicated", "fleet:vulnProcessing.dedicated"),
      valuesOf("vulnProcessing.schedule", "fleet:vulnProcessing.schedule"),
    ],
  ],
  [
    "values of annotations",
    {
      values: {
        podAnnotations: { "image-pull-secrets/revisions": "x" },
        fleet: { migrationJobAnnotations: { "helm.sh/hook-delete-policy": "x" } },
      },
    },
    [
      valuesOf("podAnnotations.image-pull-secrets/revisions", "fleet:imagePullSecrets"),
      "fleet:values.fleet.migrationJobAnnotations.helm.sh/hook-delete-policy is set by this program, so that a failed migration cannot block the next one; remove it",
    ],
  ],
  [
    "values with a text for a map",
    { values: { database: "x" } },
    ["fleet:values.database is not a map; give the chart's keys below it"],
  ],
  [
    "values with pull Secrets as text",
    { values: { imagePullSecrets: ["a"] } },
    [
      "fleet:values.imagePullSecrets[0] is not of the form {name: SECRET}; list the name in fleet:imagePullSecrets instead",
    ],
  ],
  [
    "values with a pull Secret whose name is none",
    { values: { imagePullSecrets: [{ name: "good" }, { name: "Bad_Name" }, { name: "" }] } },
    [
      `fleet:values.imagePullSecrets[1].name ${badSecretName}`,
      "fleet:values.imagePullSecrets[2].name is empty; write the name of a Secret, or remove the entry",
    ],
  ],
  [
    "values that are no lists",
    { values: { imagePullSecrets: { name: "a" }, envsFrom: { FLEET_SMTP: {} }, tolerations: "all" } },
    ["imagePullSecrets", "envsFrom", "tolerations"].map(
      (key) => `fleet:values.${key} is not a list; begin each of its items with "- "`,
    ),
  ],
  [
    "values that are no maps",
    { values: { podAnnotations: ["a"], fleet: { migrationJobAnnotations: "a" }, nodeSelector: "a", affinity: [] } },
    ["podAnnotations", "fleet.migrationJobAnnotations", "nodeSelector", "affinity"].map(
      (key) => `fleet:values.${key} is not a map; write its entries below it, each as name: value`,
    ),
  ],
  [
    "values with a user that is none",
    { values: { fleet: { securityContext: { runAsUser: "3333", runAsGroup: -1, runAsNonRoot: true } } } },
    ["runAsUser", "runAsGroup"].map(
      (key) =>
        `fleet:values.fleet.securityContext.${key} is not the number of a user or group; write a whole number without quotes, or null where the cluster assigns one`,
    ),
  ],
  [
    "values without the map that has the user",
    { values: { fleet: { securityContext: null } } },
    ["fleet:values.fleet.securityContext is not a map; give the chart's keys below it"],
  ],
  [
    "annotations that are no text",
    { values: { podAnnotations: { "example.com/scrape": true } }, pullCheckAnnotations: { "example.com/port": 80 } },
    ["values.podAnnotations.example.com/scrape", "pullCheckAnnotations.example.com/port"].map(
      (key) => `fleet:${key} is not text; put it in quotes`,
    ),
  ],
  [
    "annotations of the check that are no map",
    { pullCheckAnnotations: "[]" },
    ["fleet:pullCheckAnnotations is not a map; write it as YAML in the stack's file"],
  ],
  [
    "a user of the datastores that is none",
    { datastoreUser: -1 },
    ["fleet:datastoreUser is -1; set a whole number from 0 up"],
  ],
];

describe("a mistake in values is told with its place and the fix", () => {
  testMessages(cases);
});
