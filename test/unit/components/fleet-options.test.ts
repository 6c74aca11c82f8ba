import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseTls, FleetArgs } from "../../../components/fleet-args";
import { UserError } from "../../../components/user-error";
import { external, recordingOf, refusalOf, releaseOf } from "../support/fleet-run";
import { secret } from "../support/secret-value";

const valuesOf = async (args: Partial<FleetArgs>) => releaseOf(await recordingOf({ ...external, ...args })).values;

const privateKeyFrom = (name: string | undefined, key: string) => [
  { name: "FLEET_SERVER_PRIVATE_KEY", valueFrom: { secretKeyRef: { name, key } } },
];

const secretWith = (stringData: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace: "fleet", labels: { "app.kubernetes.io/part-of": "fleet" } },
  immutable: true,
  stringData: secret(stringData),
});

describe("Fleet's options", function () {
  this.timeout(20_000); // for a busy machine
  it("database and cache: names of Secrets that exist, or none", async () => {
    const values = await valuesOf({});
    assert.deepEqual(values.database, {
      address: "mysql.example.com:3306",
      database: "fleet",
      username: "fleet",
      secretName: "db",
      passwordKey: "pw",
    });
    assert.deepEqual(values.cache, { address: "redis.example.com:6379", usePassword: false });
  });

  it("database and cache: passwords go into Secrets", async () => {
    const recording = await recordingOf({
      ...external,
      database: { address: "db:1", name: "d", username: "u", password: "marker-db" },
      cache: { address: "cache:2", password: pulumi.secret("marker-cache") },
    });
    const names = recording.objectNames;
    const { values } = releaseOf(recording);
    assert.deepEqual(values.database, {
      address: "db:1",
      database: "d",
      username: "u",
      secretName: names["Secret fleet-database"],
      passwordKey: "value",
    });
    assert.deepEqual(values.cache, {
      address: "cache:2",
      usePassword: true,
      secretName: names["Secret fleet-cache"],
      passwordKey: "value",
    });
    assert.deepEqual(recording.get("Secret fleet-database").inputs, secretWith({ value: "marker-db" }));
    assert.deepEqual(recording.get("Secret fleet-cache").inputs, secretWith({ value: "marker-cache" }));
    assert.doesNotMatch(recording.readable(), /marker/);
  });

  it("database over TLS: certificates in the Secret with the password, and the chart's values that name them", async () => {
    const database = { address: "db:1", password: "marker-db" };
    const runWith = (tls: DatabaseTls) => recordingOf({ ...external, database: { ...database, tls } });
    const ca = await runWith({ caCertificate: "CA" });
    assert.deepEqual(ca.get("Secret fleet-database").inputs, secretWith({ value: "marker-db", "ca.cert": "CA" }));
    const tlsOf = (recording: typeof ca) => (releaseOf(recording).values.database as { tls: unknown }).tls;
    assert.deepEqual(tlsOf(ca), { enabled: true, caCertKey: "ca.cert" });

    const both = await runWith({ caCertificate: "CA", client: { certificate: "CERT", privateKey: "marker-key" } });
    assert.deepEqual(
      both.get("Secret fleet-database").inputs,
      secretWith({ value: "marker-db", "ca.cert": "CA", "client.cert": "CERT", "client.key": "marker-key" }),
    );
    assert.deepEqual(tlsOf(both), {
      enabled: true,
      caCertKey: "ca.cert",
      certKey: "client.cert",
      keyKey: "client.key",
    });
    assert.doesNotMatch(both.readable(), /marker/);
  });

  it("database over TLS: beside a Secret of others, the component refuses it", async () => {
    const database = { ...external.database, tls: { caCertificate: "CA" } };
    const error = await refusalOf({ ...external, database });
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^database.tls.caCertificate is set, but the password is in a Secret that others made/);
  });

  it("database over TLS: the keys of a Secret of others are the chart's values", async () => {
    const tls = { enabled: true, caCertKey: "ca.pem", serverName: "db.example.com" };
    const { database } = await valuesOf({ values: { database: { tls }, database_read_replica: { tls } } });
    assert.deepEqual((database as { tls: unknown }).tls, tls);
  });

  it("database and cache: one can be brought without the other", async () => {
    const withDatabase = await recordingOf({ ...external, cache: undefined });
    const withCache = await recordingOf({ ...external, database: undefined });
    const statefulSets = (recording: typeof withCache) =>
      recording.resources.map(({ id }) => id).filter((id) => id.startsWith("StatefulSet"));
    assert.deepEqual(statefulSets(withDatabase), ["StatefulSet fleet-valkey"]);
    assert.deepEqual(statefulSets(withCache), ["StatefulSet fleet-mysql"]);
  });

  it("private key: made, given, or in a Secret that exists; never in the chart's plain variable", async () => {
    const made = await recordingOf({ ...external, privateKeySecret: undefined });
    assert.deepEqual(made.get("RandomPassword fleet-private-key").inputs, { length: 32, special: false });
    assert.deepEqual(made.get("Secret fleet-private-key").inputs, secretWith({ value: "random-fleet-private-key" }));
    const given = await recordingOf({ ...external, privateKeySecret: undefined, privateKey: "marker-key" });
    assert.deepEqual(given.get("Secret fleet-private-key").inputs, secretWith({ value: "marker-key" }));
    assert.equal(
      given.resources.some(({ type }) => type.startsWith("random:")),
      false,
    );
    const referenced = await recordingOf(external);
    assert.equal(
      referenced.resources.some(({ name }) => name === "fleet-private-key"),
      false,
    );

    assert.deepEqual(
      [made, given, referenced].map((recording) => releaseOf(recording).values.envsFrom),
      [
        privateKeyFrom(made.objectNames["Secret fleet-private-key"], "value"),
        privateKeyFrom(given.objectNames["Secret fleet-private-key"], "value"),
        privateKeyFrom("key", "private"),
      ],
    );
    for (const recording of [made, given, referenced]) {
      assert.deepEqual(releaseOf(recording).values.environments, { FLEET_SERVER_PRIVATE_KEY: null });
      assert.doesNotMatch(recording.readable(), /marker|random-fleet/);
    }
  });

  it("licence: given or in a Secret that exists", async () => {
    const given = await recordingOf({ ...external, licenseKey: "marker-license" });
    assert.deepEqual(given.get("Secret fleet-license").inputs, secretWith({ value: "marker-license" }));
    assert.doesNotMatch(given.readable(), /marker/);
    const licenseOf = (values: Record<string, unknown>) => (values.fleet as { license?: unknown }).license;
    assert.deepEqual(licenseOf(releaseOf(given).values), {
      secretName: given.objectNames["Secret fleet-license"],
      licenseKey: "value",
    });
    assert.deepEqual(licenseOf(await valuesOf({ licenseSecret: { secretName: "premium", key: "token" } })), {
      secretName: "premium",
      licenseKey: "token",
    });
    assert.equal(licenseOf(await valuesOf({})), undefined);
  });

  it("TLS: given, in a Secret that exists, or in front of Fleet", async () => {
    const given = await recordingOf({ ...external, tls: { certificate: "CERT", privateKey: "marker-tls" } });
    assert.deepEqual(
      given.get("Secret fleet-tls").inputs,
      secretWith({ "server.cert": "CERT", "server.key": "marker-tls" }),
    );
    assert.doesNotMatch(given.readable(), /marker/);
    const tlsOf = (values: Record<string, unknown>) => (values.fleet as { tls: unknown }).tls;
    const tls = (secretName: string | undefined) => ({
      enabled: true,
      uniqueTLSSecret: true,
      secretName,
      certSecretKey: "server.cert",
      keySecretKey: "server.key",
    });
    assert.deepEqual(tlsOf(releaseOf(given).values), tls(given.objectNames["Secret fleet-tls"]));
    assert.deepEqual(tlsOf(await valuesOf({ tls: { secretName: "fleet-cert" } })), tls("fleet-cert"));
    assert.deepEqual(tlsOf(await valuesOf({})), { enabled: false });
  });

  it("vulnerability processing: as the chart takes it, the schedule always quoted", async () => {
    const cases: readonly [FleetArgs["vulnProcessing"], unknown][] = [
      [undefined, undefined],
      [{ dedicated: true }, { dedicated: true }],
      [
        { dedicated: true, schedule: "0 * * * *" },
        { dedicated: true, schedule: '"0 * * * *"' },
      ],
      [
        { dedicated: true, schedule: "*/5 * * * *", deadlineSeconds: 5400 },
        { dedicated: true, schedule: '"*/5 * * * *" # activeDeadlineSeconds: 5400' },
      ],
      [
        { dedicated: true, deadlineSeconds: 60 },
        { dedicated: true, schedule: '"0 * * * *" # activeDeadlineSeconds: 60' },
      ],
      [{ dedicated: true, deadlineSeconds: 0 }, { dedicated: true }],
      [{ dedicated: false, deadlineSeconds: 60 }, { dedicated: false }],
      [
        { dedicated: false, schedule: "*/5 * * * *" },
        { dedicated: false, schedule: '"*/5 * * * *"' },
      ],
      [
        { dedicated: true, schedule: '0 #a * "\\ *' },
        { dedicated: true, schedule: '"0 #a * \\"\\\\ *"' },
      ],
    ];
    for (const [vulnProcessing, expected] of cases) {
      assert.deepEqual((await valuesOf({ vulnProcessing })).vulnProcessing, expected);
    }
  });

  it("chart: from a repository, one known to Helm, an OCI registry, a folder", async () => {
    const cases: readonly [Partial<FleetArgs>, unknown][] = [
      [{}, { chart: "fleet", version: "7.0.2", repositoryOpts: { repo: "https://fleetdm.github.io/fleet/charts" } }],
      [
        { chartRepository: "https://charts.example.com", chartVersion: "7.1.0" },
        { chart: "fleet", version: "7.1.0", repositoryOpts: { repo: "https://charts.example.com" } },
      ],
      [
        { chart: "mirror/fleet", chartVersion: "7.1.0" },
        { chart: "mirror/fleet", version: "7.1.0" },
      ],
      [
        { chart: "oci://registry.example.com/charts/fleet", chartVersion: "7.1.0" },
        { chart: "oci://registry.example.com/charts/fleet", version: "7.1.0" },
      ],
      [{ chart: "./charts/fleet", chartVersion: "7.1.0" }, { chart: "./charts/fleet" }],
    ];
    for (const [args, expected] of cases) {
      const { inputs } = releaseOf(await recordingOf({ ...external, ...args }));
      const { chart: name, version, repositoryOpts } = inputs;
      assert.deepEqual(JSON.parse(JSON.stringify({ chart: name, version, repositoryOpts })), expected);
    }
  });

  it("chart: with a login, which is secret in the release's inputs", async () => {
    const login = { chartUsername: "marker-user", chartPassword: "marker-password" };
    const secretLogin = { username: secret("marker-user"), password: secret("marker-password") };
    const cases: readonly [Partial<FleetArgs>, unknown][] = [
      [{ chartRepository: "https://charts.example.com" }, { repo: "https://charts.example.com", ...secretLogin }],
      [{ chart: "oci://registry.example.com/charts/fleet" }, secretLogin],
    ];
    for (const [chart, expected] of cases) {
      const recording = await recordingOf({ ...external, ...chart, ...login });
      assert.deepEqual(releaseOf(recording).inputs.repositoryOpts, expected);
      assert.doesNotMatch(recording.readable(), /marker-(user|password)/);
    }
  });

  it("replicas, host name, time limits", async () => {
    const recording = await recordingOf({
      ...external,
      replicas: 1,
      hostName: "fleet.example.com",
      pullCheckDeadlineSeconds: 20,
      releaseTimeoutSeconds: 40,
    });
    const { inputs, values } = releaseOf(recording);
    assert.deepEqual([inputs.timeout, values.replicas, values.hostName], [40, 1, "fleet.example.com"]);
    const { spec } = recording.get("Job fleet-pull-check").inputs as { spec: { activeDeadlineSeconds: number } };
    assert.equal(spec.activeDeadlineSeconds, 20);
  });

  it("images that others add: the check pulls them too", async () => {
    const pullCheckImages = [{ image: "ghcr.io/team/shipper:1", command: ["/shipper", "--version"] }];
    const recording = await recordingOf({ ...external, pullCheckImages });
    const { spec } = recording.get("Job fleet-pull-check").inputs as {
      spec: { template: { spec: { containers: { name: string; image: string; command: string[] }[] } } };
    };
    const [, ...others] = spec.template.spec.containers.map(({ name, image, command }) => ({ name, image, command }));
    assert.deepEqual(others, [{ name: "shipper", ...pullCheckImages[0] }]);
  });

  it("existing pull Secrets: their revisions are on the pods and on the check", async () => {
    const existing = ["b", "a"].map((name) => ({ name, revision: pulumi.output(`1${name}`) }));
    const recording = await recordingOf({ ...external, existing });
    const annotations = { "image-pull-secrets/revisions": "a=1a,b=1b" };
    assert.deepEqual(releaseOf(recording).values.podAnnotations, annotations);
    const { spec } = recording.get("Job fleet-pull-check").inputs as {
      spec: { template: { metadata: { annotations: Record<string, string> } } };
    };
    assert.equal(spec.template.metadata.annotations["image-pull-secrets/revisions"], "a=1a,b=1b");
  });
});
