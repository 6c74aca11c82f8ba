import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { bundled, deploy, external, recordingOf, releaseOf } from "../support/fleet-run";
import type { FleetArgs } from "../../../components/fleet-args";
import { valueOf } from "../support/recording";

const enforce = "pod-security.kubernetes.io/enforce";
const restricted = { [enforce]: "restricted", [`${enforce}-version`]: "v1.18" };

describe("Fleet", function () {
  this.timeout(20_000); // for a busy machine
  it("makes everything that it needs, with datastores of its own", async () => {
    const recording = await recordingOf(bundled);
    assert.deepEqual(recording.tree(), [
      "fleet:index:Fleet fleet",
      "  fleet:index:Datastores fleet",
      "    kubernetes:apps/v1:StatefulSet fleet-mysql",
      "    kubernetes:apps/v1:StatefulSet fleet-valkey",
      "    kubernetes:core/v1:Secret fleet-mysql",
      "    kubernetes:core/v1:Secret fleet-valkey",
      "    kubernetes:core/v1:Service fleet-mysql",
      "    kubernetes:core/v1:Service fleet-valkey",
      "    random:index/randomPassword:RandomPassword fleet-mysql",
      "    random:index/randomPassword:RandomPassword fleet-mysql-root",
      "    random:index/randomPassword:RandomPassword fleet-valkey",
      "  fleet:index:ImagePullCheck fleet-pull-check",
      "    kubernetes:batch/v1:Job fleet-pull-check",
      "  fleet:index:ImagePullSecrets fleet",
      "    kubernetes:core/v1:Secret fleet-registry-example-com",
      "  kubernetes:core/v1:Namespace fleet",
      "  kubernetes:core/v1:Secret fleet-private-key",
      "  kubernetes:helm.sh/v3:Release fleet",
      "  random:index/randomPassword:RandomPassword fleet-private-key",
    ]);
    for (const id of ["Fleet fleet", "Datastores fleet", "ImagePullCheck fleet-pull-check", "ImagePullSecrets fleet"]) {
      assert.deepEqual(recording.get(id).inputs, {}, `${id} keeps its arguments out of the state`);
    }
    assert.deepEqual(recording.get("Namespace fleet").inputs, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "fleet", labels: restricted },
    });
  });

  it("takes the namespace's level of pod security, and gives an adopted one none", async () => {
    const labels = async (args: Partial<FleetArgs>) =>
      (await recordingOf({ ...bundled, ...args })).get("Namespace fleet").inputs.metadata;
    assert.deepEqual(await labels({ podSecurity: "baseline" }), {
      name: "fleet",
      labels: { [enforce]: "baseline", [`${enforce}-version`]: "v1.36" },
    });
    assert.deepEqual(await labels({ podSecurity: "privileged" }), {
      name: "fleet",
      labels: { [enforce]: "privileged" },
    });
    assert.deepEqual(await labels({ adopt: true }), { name: "fleet" });
  });

  it("makes nothing that the stack brings", async () => {
    const recording = await recordingOf({
      ...external,
      createNamespace: false,
      pullCheck: false,
      registries: {},
      passwords: {},
    });
    assert.deepEqual(recording.tree(), [
      "fleet:index:Fleet fleet",
      "  fleet:index:Datastores fleet",
      "  fleet:index:ImagePullSecrets fleet",
      "  kubernetes:helm.sh/v3:Release fleet",
    ]);
    assert.deepEqual(releaseOf(recording).values.imagePullSecrets, []);
  });

  it("describes the release exactly", async () => {
    const recording = await recordingOf(bundled);
    const names = recording.objectNames;
    assert.deepEqual(recording.get("Release fleet").inputs, {
      compat: "true",
      name: "fleet",
      namespace: "fleet",
      chart: "fleet",
      version: "7.0.2",
      repositoryOpts: { repo: "https://fleetdm.github.io/fleet/charts" },
      atomic: true,
      cleanupOnFail: true,
      maxHistory: 10,
      timeout: 300,
      values: {
        imageRepository: "registry.example.com/fleet",
        imageTag: "v4.85.0",
        imagePullSecrets: [{ name: names["Secret fleet-registry-example-com"] }],
        podAnnotations: {},
        hostName: "fleet.localhost",
        replicas: 3,
        environments: { FLEET_SERVER_PRIVATE_KEY: null },
        envsFrom: [
          {
            name: "FLEET_SERVER_PRIVATE_KEY",
            valueFrom: { secretKeyRef: { name: names["Secret fleet-private-key"], key: "value" } },
          },
        ],
        database: {
          address: "fleet-mysql.fleet.svc:3306",
          database: "fleet",
          username: "fleet",
          secretName: names["Secret fleet-mysql"],
          passwordKey: "mysql-password",
        },
        cache: {
          address: "fleet-valkey.fleet.svc:6379",
          usePassword: true,
          secretName: names["Secret fleet-valkey"],
          passwordKey: "valkey-password",
        },
        fleet: {
          tls: { enabled: false },
          migrationJobAnnotations: { "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded" },
        },
        mysql: { enabled: false },
        redis: { enabled: false },
      },
    });
  });

  it("gives everything that pulls the same list", async () => {
    const existing = [{ name: "team", revision: pulumi.output("41") }];
    const recording = await recordingOf({ ...bundled, existing });
    const expected = [{ name: recording.objectNames["Secret fleet-registry-example-com"] }, { name: "team" }];
    const podOf = (id: string) =>
      (recording.get(id).inputs.spec as { template: { spec: Record<string, unknown> } }).template.spec;
    for (const id of ["Job fleet-pull-check", "StatefulSet fleet-mysql", "StatefulSet fleet-valkey"]) {
      assert.deepEqual(podOf(id).imagePullSecrets, expected, id);
    }
    assert.deepEqual(releaseOf(recording).values.imagePullSecrets, expected);
  });

  it("checks exactly the images that are used", async () => {
    const imagesOf = async (args: Parameters<typeof recordingOf>[0]) => {
      const { spec } = (await recordingOf(args)).get("Job fleet-pull-check").inputs as {
        spec: { template: { spec: { containers: { name: string; image: string; command: string[] }[] } } };
      };
      return spec.template.spec.containers.map(({ name, image, command }) => [name, image, command.join(" ")]);
    };
    const fleet = ["fleet", "registry.example.com/fleet:v4.85.0", "/usr/bin/fleet version"];
    assert.deepEqual(await imagesOf(bundled), [
      fleet,
      ["mysql", "mysql:8.4.6", "mysqld --version"],
      ["valkey", "valkey/valkey:8.1.4", "valkey-server --version"],
    ]);
    assert.deepEqual(await imagesOf({ ...bundled, mysqlImage: "a/mysql:1", valkeyImage: "b/valkey:2" }), [
      fleet,
      ["mysql", "a/mysql:1", "mysqld --version"],
      ["valkey", "b/valkey:2", "valkey-server --version"],
    ]);
    assert.deepEqual(await imagesOf(external), [fleet]);
  });

  it("orders: namespace, pull Secrets, check, datastores, release", async () => {
    const recording = await recordingOf(bundled);
    const dependencies = (id: string) => recording.get(id).dependencies;
    assert.deepEqual(dependencies("Secret fleet-registry-example-com"), ["Namespace fleet"]);
    assert.deepEqual(dependencies("Job fleet-pull-check"), ["Namespace fleet", "Secret fleet-registry-example-com"]);
    for (const kind of ["mysql", "valkey"]) {
      assert.deepEqual(
        dependencies(`StatefulSet fleet-${kind}`),
        ["Job fleet-pull-check", "Namespace fleet", "Secret fleet-registry-example-com", `Secret fleet-${kind}`].sort(),
      );
    }
    assert.deepEqual(dependencies("Release fleet"), [
      "Job fleet-pull-check",
      "Namespace fleet",
      "RandomPassword fleet-mysql",
      "RandomPassword fleet-mysql-root",
      "RandomPassword fleet-valkey",
      "Secret fleet-mysql",
      "Secret fleet-private-key",
      "Secret fleet-registry-example-com",
      "Secret fleet-valkey",
      "Service fleet-mysql",
      "Service fleet-valkey",
      "StatefulSet fleet-mysql",
      "StatefulSet fleet-valkey",
    ]);
  });

  it("lets nothing wait for a check that is switched off", async () => {
    const recording = await recordingOf({ ...bundled, pullCheck: false });
    assert.equal(
      recording.resources.some(({ type }) => /Job|ImagePullCheck/.test(type)),
      false,
    );
    assert.equal(
      recording.resources.some(({ dependencies }) => dependencies.some((id) => id.startsWith("Job "))),
      false,
    );
  });

  it("has the outputs that a person wants, none of them secret", async () => {
    const { result, recording } = await deploy({ ...bundled, namespace: "apps", hostName: "fleet.example.com" });
    const pullSecretNames = { "registry.example.com": recording.objectNames["Secret fleet-registry-example-com"] };
    const { release, ...others } = recording.outputs["Fleet fleet"] as Record<string, unknown>;
    assert.deepEqual(others, { namespace: "apps", pullSecretNames, url: "https://fleet.example.com" });
    assert.equal((release as { id: string }).id, "fleet/fleet");
    assert.deepEqual(await valueOf(result.pullSecretNames), pullSecretNames);
    const outputs: pulumi.Output<unknown>[] = [result.namespace, result.url, result.release.status];
    for (const output of outputs) assert.equal(await pulumi.isSecret(output), false);
  });

  it("puts everything into one namespace, made here or not", async () => {
    const made = await recordingOf({ ...bundled, namespace: "apps" });
    const used = await recordingOf({ ...bundled, namespace: "apps", createNamespace: false });
    assert.deepEqual(made.get("Namespace fleet").inputs.metadata, { name: "apps", labels: restricted });
    assert.equal(
      used.resources.some(({ type }) => type.endsWith(":Namespace")),
      false,
    );
    for (const recording of [made, used]) {
      const objects = recording.resources.filter(({ type }) =>
        /^kubernetes:(core|apps|batch).*(?<!Namespace)$/.test(type),
      );
      assert.equal(objects.length, 9);
      for (const { id, inputs } of objects)
        assert.equal((inputs.metadata as { namespace: string }).namespace, "apps", id);
      assert.equal(releaseOf(recording).inputs.namespace, "apps");
    }
    assert.equal((releaseOf(made).values.database as { address: string }).address, "fleet-mysql.apps.svc:3306");
  });
});
