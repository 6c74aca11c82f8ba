import assert from "node:assert/strict";
import { issueText } from "../../../registry/issue";
import * as pulumi from "@pulumi/pulumi";
import { runDeadline } from "../../../config/fleet-server";
import { deadlineCommand, drainCommand, parseConfig } from "../../../config/load";
import { secretKeys } from "../../../config/keys";
import { datastoreUser, defaultVolumeSize } from "../../../components/datastores";
import { fleetChart } from "../../../components/chart";
import { defaultHostName } from "../../../components/fleet-secrets";
import { defaultImages } from "../../../components/images";
import { external, recordingOf, releaseOf } from "../support/fleet-run";
import { configOf, declaredKeys, messagesOf, rawConfig } from "../support/raw-config";
import { valueOf } from "../support/recording";

describe("Pulumi.yaml", function () {
  this.timeout(20_000); // for a busy machine
  it("leaves it to the program to refuse passwords in plain text", () => {
    const stack = { imageTag: "v1", ...Object.fromEntries(secretKeys.map((key) => [key, "plain"])) };
    const told = (key: string, set = key) =>
      `fleet:${key} is not encrypted; set a new one, since this one was readable: pulumi config set --secret ${set}`;
    const { issues } = parseConfig("fleet", { ...rawConfig(stack), isSecret: () => false });
    const messages = issues.map(issueText);
    assert.deepEqual(
      messages.filter((message) => message.includes("is not encrypted")),
      secretKeys.map((key) => told(key, key === "registryPasswords" ? `--path 'registryPasswords["SERVER"]'` : key)),
    );
    assert.ok(!messages.join().includes("plain"));
  });

  it("has the components' defaults", async () => {
    const defaults = Object.fromEntries(Object.entries(declaredKeys).map(([key, { default: value }]) => [key, value]));
    const recording = await recordingOf({ imageTag: "v1" });
    const { inputs, values } = releaseOf(recording);
    const { spec } = recording.get("Job fleet-pull-check").inputs as {
      spec: { activeDeadlineSeconds: number; completions?: number };
    };
    const { metadata } = recording.get("Namespace fleet").inputs as { metadata: { labels: Record<string, string> } };
    assert.deepEqual(defaults, {
      imageRepository: defaultImages.fleet,
      imageTag: "",
      registryCheck: "enforce",
      registryCaCertificate: "",
      leastPrivilege: "warn",
      hostName: defaultHostName,
      replicas: values.replicas,
      namespace: inputs.namespace,
      createNamespace: recording.resources.some(({ id }) => id === "Namespace fleet"),
      podSecurity: metadata.labels["pod-security.kubernetes.io/enforce"],
      adopt: recording.resources.some(({ importId }) => importId !== ""),
      protect: recording.get("Release fleet").protect,
      clusterUid: "",
      registries: {},
      registryPasswords: {},
      imagePullSecrets: [],
      pullCheck: true,
      pullCheckDeadlineSeconds: spec.activeDeadlineSeconds,
      pullCheckNodes: spec.completions ?? 1,
      pullCheckImages: [],
      pullCheckAnnotations: {},
      chart: fleetChart.name,
      chartRepository: fleetChart.repository,
      chartUsername: "",
      chartPassword: "",
      chartVersion: fleetChart.version,
      releaseTimeoutSeconds: inputs.timeout,
      drain: true,
      database: {},
      databasePassword: "",
      databaseCaCertificate: "",
      databaseClientCertificate: "",
      databaseClientKey: "",
      cache: {},
      cachePassword: "",
      mysqlImage: defaultImages.mysql,
      valkeyImage: defaultImages.valkey,
      mysqlVolumeSize: defaultVolumeSize,
      mysqlStorageClass: "",
      datastoreUser: datastoreUser().runAsUser,
      privateKey: "",
      privateKeySecret: {},
      licenseKey: "",
      licenseSecret: {},
      tlsCertificate: "",
      tlsPrivateKey: "",
      tlsSecretName: "",
      vulnProcessing: {},
      values: {},
    });
  });
});

describe("parseConfig", function () {
  this.timeout(20_000); // for a busy machine
  it("takes the smallest stack, which deploys as the component alone does", async () => {
    assert.deepEqual(messagesOf({}), []);
    const config = configOf({});
    assert.deepEqual([config.clusterUid, config.existing, config.registries], [undefined, [], []]);
    const byConfig = await recordingOf(config.fleet);
    const dedicated = (vulnProcessing: object) => ({ vulnProcessing: { dedicated: true, ...vulnProcessing } });
    const cases: readonly [Readonly<Record<string, unknown>>, string | undefined][] = [
      [{ drain: "false" }, undefined],
      [{ drain: "false", ...dedicated({}) }, deadlineCommand],
      [{ drain: "false", ...dedicated({ deadlineSeconds: 0 }) }, undefined],
      [{ drain: "true", ...dedicated({ deadlineSeconds: 0 }) }, drainCommand],
    ];
    for (const [own, expected] of cases) assert.equal(configOf(own).fleet.postrender, expected, JSON.stringify(own));
    const byHand = await recordingOf({ imageTag: "v4.85.0", postrender: drainCommand });
    const inputs = (recording: typeof byHand) => recording.resources.map(({ id, inputs }) => [id, inputs]).sort();
    assert.deepEqual(inputs(byConfig), inputs(byHand));
  });

  it("reads registries and existing Secrets, both forms at once", async () => {
    const config = configOf({
      registries: { "index.docker.io": { username: "hub" }, "ghcr.io/team": { username: "bot", email: "a@b.c" } },
      registryPasswords: { "index.docker.io": "one", "ghcr.io/team": "two" },
      imagePullSecrets: ["team-registry"],
      values: { imagePullSecrets: [{ name: "extra" }, { name: "team-registry" }] },
    });
    assert.deepEqual(
      config.registries.map(({ server, username, password }) => [server, username, password.reveal()]),
      [
        ["docker.io", "hub", "one"],
        ["ghcr.io/team", "bot", "two"],
      ],
    );
    assert.deepEqual(config.existing, [
      { name: "team-registry", follow: true },
      { name: "extra", follow: true },
    ]);
    const passwords = pulumi.output(config.fleet.passwords ?? {});
    assert.equal(await pulumi.isSecret(passwords), true);
    assert.deepEqual(await valueOf(passwords), { "index.docker.io": "one", "ghcr.io/team": "two" });
  });

  it("takes encrypted usernames, and then names none: nobody can tell which of them are", () => {
    const stack = {
      registries: { "ghcr.io": { username: "dop_v1_x" }, "quay.io": { username: "bot" } },
      registryPasswords: { "ghcr.io": "dop_v1_x", "quay.io": "x" },
    };
    assert.deepEqual(messagesOf(stack, ["registries"]), []);
    assert.deepEqual(
      configOf(stack, ["registries"]).registries.map(({ username, account }) => [username, account]),
      [
        ["dop_v1_x", "the encrypted username"],
        ["bot", "the encrypted username"],
      ],
    );
    const plain = { ...stack, registries: { "ghcr.io": { username: "bot" }, "quay.io": { username: "o\u202ex" } } };
    assert.deepEqual(
      configOf(plain).registries.map(({ account }) => account),
      ["bot", "o\\u{202e}x"],
    );
  });

  it("reads which existing Secrets are followed; imagePullSecrets decides where values name one as well", () => {
    const { existing } = configOf({
      imagePullSecrets: ["team", { name: "ecr", follow: false }, { name: "acr" }, { name: "gar", follow: true }],
      values: { imagePullSecrets: [{ name: "ecr" }, { name: "other" }] },
    });
    const followed = ["team", "acr", "gar", "other"];
    assert.deepEqual(
      existing,
      ["team", "ecr", "acr", "gar", "other"].map((name) => ({ name, follow: followed.includes(name) })),
    );
  });

  it("reads what a stack brings, and its secrets stay secret", async () => {
    const { fleet } = configOf({
      database: { address: "[2001:db8::1]:3306", name: "d", username: "u" },
      databasePassword: "one",
      cache: { address: "cache:6379", secretName: "redis" },
      privateKeySecret: { secretName: "key", key: "private" },
      licenseKey: "two",
      tlsCertificate: "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n",
      tlsPrivateKey: "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\n",
      vulnProcessing: { dedicated: true, schedule: "*/5 * * * *" },
    });
    const { database, cache, privateKeySecret, licenseKey, tls, vulnProcessing } = fleet;
    assert.deepEqual([database?.address, database?.name, database?.username], ["[2001:db8::1]:3306", "d", "u"]);
    assert.deepEqual(cache, { address: "cache:6379", passwordSecret: { secretName: "redis", key: "redis-password" } });
    assert.deepEqual(privateKeySecret, { secretName: "key", key: "private" });
    assert.deepEqual(vulnProcessing, { dedicated: true, schedule: "*/5 * * * *", deadlineSeconds: runDeadline });
    assert.deepEqual(messagesOf({ vulnProcessing: { dedicated: true, schedule: "@daily" } }), []);
    assert.ok(database?.password !== undefined && licenseKey !== undefined && tls?.privateKey !== undefined);
    const secrets = [database.password, licenseKey, tls.privateKey].map((value) => pulumi.output(value));
    for (const value of secrets) assert.equal(await pulumi.isSecret(value), true);
    assert.deepEqual(await valueOf(pulumi.all(secrets.slice(0, 2))), ["one", "two"]);
  });

  it("reads numbers and switches as the engine writes them", () => {
    const { fleet } = configOf({
      replicas: 5,
      createNamespace: false,
      pullCheck: "false",
      pullCheckDeadlineSeconds: "90",
      releaseTimeoutSeconds: 1,
    });
    assert.deepEqual(
      [fleet.replicas, fleet.createNamespace, fleet.pullCheck, fleet.pullCheckDeadlineSeconds],
      [5, false, false, 90],
    );
    assert.equal(fleet.releaseTimeoutSeconds, 1);
    const cleared = configOf({ replicas: "", createNamespace: "", pullCheck: "", hostName: "" }).fleet;
    assert.deepEqual(
      [cleared.replicas, cleared.createNamespace, cleared.pullCheck, cleared.hostName],
      [undefined, undefined, undefined, undefined],
    );
  });

  it("tells where the chart comes from by how it is written", () => {
    const chartOf = (stack: Record<string, unknown>) => {
      const { chart, chartRepository, chartVersion } = configOf(stack).fleet;
      return [chart, chartVersion, chartRepository];
    };
    const local = "./test/fixtures/charts/fleet";
    assert.deepEqual(messagesOf({ chart: local, chartVersion: "any" }), []);
    assert.deepEqual(chartOf({ chart: local }), [local, "v7.0.2", undefined]);
    assert.deepEqual(chartOf({}), ["fleet", fleetChart.version, fleetChart.repository]);
    assert.deepEqual(chartOf({ chart: "mirror/fleet", chartVersion: "7.1.0" }), ["mirror/fleet", "7.1.0", undefined]);
    assert.deepEqual(chartOf({ chart: "oci://registry.example.com:5000/charts/fleet" }), [
      "oci://registry.example.com:5000/charts/fleet",
      fleetChart.version,
      undefined,
    ]);
    assert.deepEqual(chartOf({ chartRepository: "https://charts.example.com" }), [
      "fleet",
      fleetChart.version,
      "https://charts.example.com",
    ]);
  });

  it("reads keys of its own project alone", () => {
    assert.deepEqual(messagesOf({ "kubernetes:context": "production", "other:registries": "x" }), []);
  });

  it("brings a stack with external datastores to a deployment without secrets in sight", async () => {
    const { fleet } = configOf({
      registries: { "ghcr.io": { username: "bot" } },
      registryPasswords: { "ghcr.io": "marker-registry" },
      database: { address: external.database.address },
      databasePassword: "marker-database",
      cache: { address: external.cache.address },
      cachePassword: "marker-cache",
      privateKey: "marker-private-key-of-32-bytes-or-more",
      licenseKey: "marker-license",
      tlsCertificate: "-----BEGIN CERTIFICATE-----",
      tlsPrivateKey: "-----BEGIN PRIVATE KEY-----marker-tls",
    });
    const recording = await recordingOf(fleet);
    const secrets = recording.resources.map(({ id }) => id).filter((id) => id.startsWith("Secret "));
    assert.deepEqual(secrets.sort(), [
      "Secret fleet-cache",
      "Secret fleet-database",
      "Secret fleet-ghcr-io",
      "Secret fleet-license",
      "Secret fleet-private-key",
      "Secret fleet-tls",
    ]);
    assert.doesNotMatch(recording.readable(), /marker/);
  });
});
