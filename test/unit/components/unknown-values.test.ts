import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components/fleet-args";
import { bundled } from "../support/fleet-run";
import { record, type Recording } from "../support/recording";
import { secret } from "../support/secret-value";

/** As an output of a resource that is not made yet. */
const later = () => pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
/** As the SDK writes it to the engine. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const previewOf = async (args: () => Partial<FleetArgs>): Promise<Recording> => {
  const run = async () => {
    const { Fleet } = await import("../../../components/fleet");
    return new Fleet("fleet", { ...bundled, ...args() });
  };
  return (await record(run, { preview: true })).recording;
};

const idsOf = (recording: Recording) => recording.resources.map(({ id }) => id).sort();

describe("a preview with values that it cannot know", function () {
  this.timeout(20_000); // for a busy machine
  let whole: readonly string[];
  before(async () => (whole = idsOf(await previewOf(() => ({})))));

  it("shows every resource where the namespace is unknown", async () => {
    const recording = await previewOf(() => ({ namespace: later(), createNamespace: false }));
    assert.deepEqual(
      idsOf(recording),
      whole.filter((id) => id !== "Namespace fleet"),
    );
    for (const id of ["Secret fleet-registry-example-com", "Job fleet-pull-check", "StatefulSet fleet-mysql"]) {
      assert.equal((recording.get(id).inputs.metadata as { namespace: unknown }).namespace, unknown, id);
    }
    assert.equal(recording.get("Release fleet").inputs.namespace, unknown);
  });

  it("shows every resource where passwords and usernames are unknown, alone, in a map, or as a whole map", async () => {
    const registries = { "registry.example.com": { username: "puller" } };
    const given: (() => Partial<FleetArgs>)[] = [
      () => ({ passwords: { "registry.example.com": later() } }),
      () => ({ passwords: pulumi.output({ "registry.example.com": later() }) }),
      () => ({ passwords: later() as unknown as FleetArgs["passwords"] }),
      () => ({ registries: { "registry.example.com": { ...registries["registry.example.com"], username: later() } } }),
      () => ({ registries: { "registry.example.com": later() } as unknown as FleetArgs["registries"] }),
    ];
    for (const args of given) {
      const recording = await previewOf(args);
      assert.deepEqual(idsOf(recording), whole);
      const { data } = recording.get("Secret fleet-registry-example-com").inputs;
      assert.deepEqual(data, secret(unknown));
    }
  });

  it("leaves the Secret of another registry as it is", async () => {
    const registries = { ...bundled.registries, "ghcr.io": { username: "other" } };
    const passwords = { ...bundled.passwords, "ghcr.io": "marker-known" };
    const known = await previewOf(() => ({ registries, passwords }));
    const recording = await previewOf(() => ({
      registries,
      passwords: { ...passwords, "registry.example.com": later() },
    }));
    assert.deepEqual(recording.get("Secret fleet-ghcr-io").inputs, known.get("Secret fleet-ghcr-io").inputs);
    assert.notDeepEqual(recording.get("Secret fleet-ghcr-io").inputs.data, secret(unknown));
  });

  it("lists a Secret whose name is unknown, and takes its revision for what it is", async () => {
    const recording = await previewOf(() => ({ existing: [{ name: later() }, { name: "team", revision: later() }] }));
    assert.deepEqual(idsOf(recording), whole);
    const { imagePullSecrets, podAnnotations } = recording.get("Release fleet").inputs.values as Record<
      string,
      unknown
    >;
    assert.deepEqual([imagePullSecrets, podAnnotations], [unknown, unknown]);
  });

  it("shows every resource where the rest is unknown, and no more of it as known", async () => {
    const recording = await previewOf(() => ({
      hostName: later(),
      privateKey: later(),
      licenseKey: later(),
      database: { address: later(), password: later() },
      cache: { address: later(), passwordSecret: { secretName: later(), key: "k" } },
      values: { fleet: { extra: later() } },
    }));
    assert.deepEqual(
      idsOf(recording),
      [
        ...whole.filter((id) => !/mysql|valkey|RandomPassword/.test(id)),
        "Secret fleet-database",
        "Secret fleet-license",
      ].sort(),
    );
    const values = recording.get("Release fleet").inputs.values as Record<string, Record<string, unknown>>;
    assert.equal(values.database?.address, unknown);
    assert.equal(values.cache?.secretName, unknown);
    assert.equal(values.fleet?.extra, unknown);
    assert.notDeepEqual(recording.get("Secret fleet-database").inputs.stringData, secret({ value: "" }));
  });
});
