import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components/fleet-args";
import { bundled, external, recordingOf, releaseOf } from "../support/fleet-run";
import { changed, type Recording } from "../support/recording";

const two = {
  registries: { "registry.example.com": { username: "puller" }, "ghcr.io": { username: "bot" } },
  passwords: { "registry.example.com": "marker-old", "ghcr.io": "marker-other" },
};

const old = { ...bundled, ...two };
const changedPasswords = { ...two.passwords, "registry.example.com": "marker-new" };
const rotated = { ...old, passwords: changedPasswords };

/** Where two values differ, as paths. */
function differences(a: unknown, b: unknown, path = ""): readonly string[] {
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    const at = (value: object, key: string): unknown => (value as Record<string, unknown>)[key];
    return [...keys].sort().flatMap((key) => differences(at(a, key), at(b, key), `${path}.${key}`));
  }
  return a === b ? [] : [path];
}

const differencesIn = (id: string, before: Recording, after: Recording) =>
  differences(before.get(id).inputs, after.get(id).inputs);

describe("a rotation", function () {
  this.timeout(20_000); // for a busy machine
  it("changes that Secret, the check, the release and the datastores made here", async () => {
    const before = await recordingOf(old);
    const after = await recordingOf(rotated);
    assert.deepEqual(changed(before, after), [
      "Job fleet-pull-check",
      "Release fleet",
      "Secret fleet-registry-example-com",
      "StatefulSet fleet-mysql",
      "StatefulSet fleet-valkey",
    ]);
  });

  it("changes three resources where the stack brings its datastores", async () => {
    const before = await recordingOf({ ...external, ...two });
    const after = await recordingOf({ ...external, ...two, passwords: changedPasswords });
    assert.deepEqual(changed(before, after), [
      "Job fleet-pull-check",
      "Release fleet",
      "Secret fleet-registry-example-com",
    ]);
  });

  it("changes nothing in them but the name of that Secret", async () => {
    const before = await recordingOf(old);
    const after = await recordingOf(rotated);
    assert.deepEqual(differencesIn("Release fleet", before, after), [".values.imagePullSecrets.1.name"]);
    for (const id of ["StatefulSet fleet-mysql", "StatefulSet fleet-valkey"]) {
      assert.deepEqual(differencesIn(id, before, after), [".spec.template.spec.imagePullSecrets.1.name"]);
    }
    assert.deepEqual(differencesIn("Job fleet-pull-check", before, after), [
      ".metadata.ownerReferences.1.name",
      ".metadata.ownerReferences.1.uid",
      ".spec.template.spec.imagePullSecrets.1.name",
    ]);
    const names = [before, after].map(({ objectNames }) => objectNames["Secret fleet-registry-example-com"]);
    assert.notEqual(names[0], names[1]);
    assert.deepEqual(
      [before, after].map((one) => (releaseOf(one).values.imagePullSecrets as { name: string }[])[1]?.name),
      names,
    );
  });

  it("shows no password, no base64 of it and no hash of it", async () => {
    const text = (await recordingOf(old)).readable() + (await recordingOf(rotated)).readable();
    for (const password of ["marker-old", "marker-new", "marker-other"]) {
      const { createHash } = await import("node:crypto");
      const login = ["puller", "bot"].map((user) => Buffer.from(`${user}:${password}`).toString("base64"));
      const hashes = ["md5", "sha1", "sha256"].map((name) =>
        createHash(name).update(password).digest("hex").slice(0, 8),
      );
      for (const form of [password, Buffer.from(password).toString("base64"), ...login, ...hashes]) {
        assert.equal(text.includes(form), false);
      }
    }
  });

  it("of a Secret made elsewhere changes the check and the release alone", async () => {
    const at = (revision: string): FleetArgs => ({
      ...bundled,
      existing: [{ name: "team", revision: pulumi.output(revision) }],
    });
    const [before, after] = [await recordingOf(at("41")), await recordingOf(at("42"))];
    assert.deepEqual(changed(before, after), ["Job fleet-pull-check", "Release fleet"]);
    const annotation = "image-pull-secrets/revisions";
    assert.deepEqual(differencesIn("Release fleet", before, after), [`.values.podAnnotations.${annotation}`]);
    assert.deepEqual(differencesIn("Job fleet-pull-check", before, after), [
      `.spec.template.metadata.annotations.${annotation}`,
    ]);
  });

  it("is none when nothing changes", async () => {
    const [first, second] = [await recordingOf(old), await recordingOf({ ...old })];
    const sorted = (recording: Recording) => [...recording.resources].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(sorted(first), sorted(second));
    assert.deepEqual(first.outputs, second.outputs);
  });

  it("adds and removes a registry without a change to the others", async () => {
    const one = { registries: { "ghcr.io": { username: "bot" } }, passwords: { "ghcr.io": "marker-other" } };
    const [before, after] = [await recordingOf({ ...external, ...one }), await recordingOf({ ...external, ...two })];
    assert.deepEqual(changed(before, after), [
      "Job fleet-pull-check",
      "Release fleet",
      "Secret fleet-registry-example-com",
    ]);
  });
});
