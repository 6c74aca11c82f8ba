import assert from "node:assert/strict";
import { plainSecrets } from "../../../components/secret-variables";

/** Every variable of Fleet that holds a secret (fleetdm/fleet server/config/config.go, and its reference of the configuration). */
const secrets = [
  "FLEET_MYSQL_PASSWORD",
  "FLEET_MYSQL_READ_REPLICA_PASSWORD",
  "FLEET_REDIS_PASSWORD",
  "FLEET_SERVER_PRIVATE_KEY",
  "FLEET_LICENSE_KEY",
  "FLEET_FIREHOSE_SECRET_ACCESS_KEY",
  "FLEET_KINESIS_SECRET_ACCESS_KEY",
  "FLEET_SES_SECRET_ACCESS_KEY",
  "FLEET_LAMBDA_SECRET_ACCESS_KEY",
  "FLEET_S3_SECRET_ACCESS_KEY",
  "FLEET_S3_CARVES_SECRET_ACCESS_KEY",
  "FLEET_S3_SOFTWARE_INSTALLERS_SECRET_ACCESS_KEY",
  "FLEET_S3_SOFTWARE_INSTALLERS_CLOUDFRONT_URL_SIGNING_PRIVATE_KEY",
  "FLEET_PACKAGING_GLOBAL_ENROLL_SECRET",
  "FLEET_PACKAGING_S3_SECRET_ACCESS_KEY",
  "FLEET_SPLUNK_TOKEN",
  "FLEET_PROMETHEUS_BASIC_AUTH_PASSWORD",
  "FLEET_MDM_APPLE_SCEP_CHALLENGE",
  "FLEET_MDM_APPLE_SCEP_KEY_BYTES",
  "FLEET_MDM_APPLE_APNS_KEY_BYTES",
  "FLEET_MDM_APPLE_BM_KEY_BYTES",
  "FLEET_MDM_APPLE_BM_SERVER_TOKEN_BYTES",
  "FLEET_MDM_WINDOWS_WSTEP_IDENTITY_KEY_BYTES",
  "FLEET_MICROSOFT_COMPLIANCE_PARTNER_PROXY_API_KEY",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "ELASTIC_APM_SECRET_TOKEN",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
];

/** Names like them, of paths, sizes, ids and public halves. */
const others = [
  "FLEET_MYSQL_PASSWORD_PATH",
  "FLEET_MYSQL_TLS_KEY",
  "FLEET_REDIS_TLS_KEY",
  "FLEET_SERVER_KEY",
  "FLEET_SERVER_PRIVATE_KEY_ARN",
  "FLEET_MYSQL_PASSWORD_SECRET_ARN",
  "FLEET_APP_TOKEN_KEY_SIZE",
  "FLEET_SESSION_KEY_SIZE",
  "FLEET_OSQUERY_NODE_KEY_SIZE",
  "FLEET_S3_ACCESS_KEY_ID",
  "FLEET_S3_SOFTWARE_INSTALLERS_CLOUDFRONT_URL_SIGNING_PUBLIC_KEY_ID",
  "FLEET_MDM_APPLE_BM_SERVER_TOKEN",
  "FLEET_MDM_APPLE_SCEP_CERT_BYTES",
  "FLEET_MDM_WINDOWS_WSTEP_IDENTITY_KEY",
  "FLEET_LOGGING_DEBUG",
];

const withValue = (names: readonly string[], value: unknown) => ({
  environments: Object.fromEntries(names.map((name) => [name, value])),
});

const paths = [...secrets].sort().map((name) => `environments.${name}`);

describe("secrets in plain text among values", () => {
  it("are variables with certain names", () => {
    assert.deepEqual(plainSecrets(withValue([...secrets, ...others], "x")), paths);
    assert.deepEqual(plainSecrets(withValue(secrets, 7)), paths);
  });

  it("are no variables without a value", () => {
    for (const nothing of ["", null, undefined]) assert.deepEqual(plainSecrets(withValue(secrets, nothing)), []);
  });

  it("are addresses with a password in them, wherever they stand", () => {
    const found = (value: string) => plainSecrets({ a: [{ b: value }] }).join() === "a[0].b";
    for (const value of ["http://user:pw@proxy:3128", "x amqps://:pw@host/ y", "https://u:p%40w@host"])
      assert.ok(found(value), value);
    for (const value of [
      "http://proxy:3128",
      "https://public@sentry.example.com/1",
      "a:b@c",
      "https://host/a:b@c",
      "tcp(u:3306)",
    ]) {
      assert.ok(!found(value), value);
    }
  });
});
