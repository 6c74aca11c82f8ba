import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { pulledImages } from "../../components";
import { renderFleet } from "../support/rendered-chart";

const registry = {
  imageRepository: "registry.example.com/fleetdm/fleet",
  imageTag: "v4.85.0",
  registries: { "registry.example.com": { username: "fleet-puller" } },
  passwords: { "registry.example.com": "a-password-to-search-for" },
};
const everything = { ...registry, vulnProcessing: { dedicated: true, schedule: "*/5 * * * *" } };

describe("Fleet's chart with this program's values", function () {
  this.timeout("1m");

  it("gives every pod that it can make the pull Secret, and the image that was asked for", async () => {
    const { pods } = await renderFleet(everything);
    assert.deepEqual([...pods.keys()].sort(), [
      "CronJob/fleet-vulnprocessing",
      "Deployment/fleet",
      "Job/fleet-migration",
    ]);
    for (const [name, { spec }] of pods) {
      assert.equal(spec.imagePullSecrets?.length, 1, name);
      assert.match(spec.imagePullSecrets?.[0]?.name ?? "", /^fleet-registry-example-com-[0-9a-f]{8}$/, name);
      for (const { image } of [...spec.containers, ...(spec.initContainers ?? [])]) {
        assert.equal(image, "registry.example.com/fleetdm/fleet:v4.85.0", name);
      }
    }
  });

  it("unites created, existing and the user's own pull Secrets, in this order and each once", async () => {
    const { pods } = await renderFleet({
      ...everything,
      existing: [{ name: "team-registry", revision: pulumi.output("7") }],
      values: { imagePullSecrets: [{ name: "team-registry" }, { name: "by-values" }] },
    });
    for (const [name, { spec, annotations }] of pods) {
      assert.deepEqual(spec.imagePullSecrets?.slice(1), [{ name: "team-registry" }, { name: "by-values" }], name);
      assert.equal(annotations["image-pull-secrets/revisions"], "team-registry=7", name);
    }
  });

  it("writes a tag with a digest into every pod as the check pulls it", async () => {
    const args = { ...everything, imageTag: `v4.85.0@sha256:${"0a".repeat(32)}` };
    const { pods } = await renderFleet(args);
    const [fleet] = pulledImages(args);
    assert.equal(fleet.image, `registry.example.com/fleetdm/fleet:v4.85.0@sha256:${"0a".repeat(32)}`);
    assert.equal(pods.size, 3);
    for (const [name, { spec }] of pods) assert.equal(spec.containers[0]?.image, fleet.image, name);
  });

  it("names no pull Secret where none is needed", async () => {
    const { pods } = await renderFleet({ imageTag: "v4.85.0" });
    for (const [name, { spec }] of pods) assert.equal(spec.imagePullSecrets, undefined, name);
  });

  it("replaces a migration Job that is stuck, as the last of the two delete policies says", async () => {
    const { manifests, text } = await renderFleet(everything);
    const job = manifests.find(({ kind }) => kind === "Job");
    assert.equal(job?.metadata?.annotations?.["helm.sh/hook-delete-policy"], "before-hook-creation,hook-succeeded");
    assert.equal(
      text.match(/hook-delete-policy"?: .*hook-succeeded/g)?.length,
      2,
      "the chart has its own policy still",
    );
  });

  for (const schedule of ["*/5 * * * *", "? * * * *", "&a * * * *", "0 #a * * *", "0 * * * *", "'a\\ \" b % @"]) {
    it(`gives the CronJob its schedule as it is: ${schedule}`, async () => {
      const { manifests } = await renderFleet({ ...registry, vulnProcessing: { dedicated: true, schedule } });
      const job = manifests.find(({ kind }) => kind === "CronJob") as { spec?: { schedule?: unknown } } | undefined;
      assert.equal(job?.spec?.schedule, schedule);
    });
  }

  it("takes the private key from a Secret, once, and never in plain text", async () => {
    const { pods, objectNames } = await renderFleet(everything);
    const name = objectNames["Secret fleet-private-key"];
    assert.match(name ?? "", /^fleet-private-key-[0-9a-f]{8}$/);
    const variables = [...pods.values()].flatMap(({ spec }) =>
      spec.containers.flatMap(({ env }) => (env ?? []).filter(({ name }) => name === "FLEET_SERVER_PRIVATE_KEY")),
    );
    assert.notEqual(variables.length, 0);
    for (const { value, valueFrom } of variables) {
      assert.equal(value, undefined);
      assert.deepEqual(valueFrom, { secretKeyRef: { name, key: "value" } });
    }
    const [, deployment] = [...pods].find(([name]) => name === "Deployment/fleet") ?? [];
    const own = deployment?.spec.containers[0]?.env?.filter(({ name }) => name === "FLEET_SERVER_PRIVATE_KEY");
    assert.equal(own?.length, 1);
  });

  it("mounts the certificate that it was given", async () => {
    const { pods } = await renderFleet({ ...everything, tls: { secretName: "fleet-certificate" } });
    const secrets = pods.get("Deployment/fleet")?.spec.volumes?.flatMap(({ secret }) => secret?.secretName ?? []);
    assert.deepEqual(secrets, ["fleet-certificate"]);
  });

  it("mounts every certificate for MySQL that it names, in all three workloads", async () => {
    const tls = { caCertificate: "CA", client: { certificate: "CERT", privateKey: "KEY" } };
    const { pods, objectNames } = await renderFleet({
      ...everything,
      database: { address: "mysql:3306", password: "x", tls },
    });
    assert.equal(pods.size, 3);
    for (const [name, { spec }] of pods) {
      const [container] = spec.containers;
      assert.ok(container);
      const files = Object.fromEntries(
        (container.env ?? [])
          .filter(({ name }) => /_TLS_(CA|CERT|KEY)$/.test(name))
          .map((one) => [one.name, one.value]),
      );
      const folder = "/secrets/mysql";
      const expected = { CA: "ca.cert", CERT: "client.cert", KEY: "client.key" };
      assert.deepEqual(
        files,
        Object.fromEntries(Object.entries(expected).map(([of, key]) => [`FLEET_MYSQL_TLS_${of}`, `${folder}/${key}`])),
        name,
      );
      const { volumeMounts } = container as { volumeMounts?: { name: string; mountPath: string }[] };
      const mounted = volumeMounts?.find(({ mountPath }) => mountPath === folder)?.name;
      const volume = spec.volumes?.find((volume) => volume.name === mounted);
      assert.equal(volume?.secret?.secretName, objectNames["Secret fleet-database"], name);
    }
  });

  it("pulls just what the check pulls before it, the Cloud SQL proxy included", async () => {
    const database = { address: "127.0.0.1:3306", password: "x" };
    const args = {
      ...everything,
      database,
      cache: { address: "cache:1" },
      podSecurity: "privileged" as const,
      values: { gke: { cloudSQL: { enableProxy: true } } },
    };
    const { pods } = await renderFleet(args);
    const checked = pulledImages(args).map(({ image }) => image);
    assert.equal(checked.length, 2);
    for (const [name, { spec }] of pods)
      assert.deepEqual(spec.containers.map(({ image }) => image).sort(), [...checked].sort(), name);
  });

  it("carries nothing secret in its values or manifests", async () => {
    const { values, text } = await renderFleet({
      ...everything,
      licenseKey: "a-licence-to-search-for",
      privateKey: "a-private-key-to-search-for-of-32-bytes",
      database: { address: "mysql:3306", password: "a-database-password-to-search-for" },
    });
    assert.doesNotMatch(`${JSON.stringify(values)}${text}`, /to-search-for/);
  });

  it("keeps the user's own values beside these", async () => {
    const { pods, values } = await renderFleet({
      ...everything,
      values: {
        podAnnotations: { team: "devices" },
        environments: { FLEET_LOGGING_DEBUG: "true" },
        envsFrom: [{ name: "FLEET_X", valueFrom: { secretKeyRef: { name: "x", key: "y" } } }],
        resources: { limits: { memory: "2Gi" } },
      },
    });
    assert.equal(pods.get("Deployment/fleet")?.annotations.team, "devices");
    const names = pods.get("Deployment/fleet")?.spec.containers[0]?.env?.map(({ name }) => name) ?? [];
    assert.ok(names.includes("FLEET_X") && names.includes("FLEET_LOGGING_DEBUG"), names.join(" "));
    assert.deepEqual(values.resources, { limits: { memory: "2Gi" } });
  });
});
