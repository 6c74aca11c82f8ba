import assert from "node:assert/strict";
import { issueText } from "../../../registry/issue";
import * as pulumi from "@pulumi/pulumi";
import type { ReferredSecret } from "../../../config/existing-secrets";
import { record, valueOf } from "../support/recording";

const pullSecret = (auths: unknown, more: object = {}) => ({
  type: "kubernetes.io/dockerconfigjson",
  data: { ".dockerconfigjson": Buffer.from(JSON.stringify({ auths })).toString("base64") },
  metadata: {
    resourceVersion: "41",
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": "marker-in-annotation" },
  },
  ...more,
});

const login = { username: "puller", password: "marker-in-data" };

const objects = {
  "fleet/team": pullSecret({ "ghcr.io/team": login, "quay.io": login }),
  "fleet/old": {
    ...pullSecret({}),
    type: "kubernetes.io/dockercfg",
    data: { ".dockercfg": Buffer.from(JSON.stringify({ "ghcr.io": login })).toString("base64") },
  },
  "fleet/opaque": pullSecret({ "ghcr.io": login }, { type: "Opaque" }),
  "fleet/other": pullSecret({ "registry.example.com": login }),
  "fleet/broken": pullSecret({ "ghcr.io": { auth: "marker-no-colon" } }),
  "fleet/nothing": pullSecret({}, { data: {} }),
  "fleet/helper": pullSecret({}),
  "fleet/near": pullSecret({ "ghcr.io:443": login }),
};

const images = ["ghcr.io/team/fleet:v1", "mysql:8"];

const read = (...names: string[]) => readReferred(names.map((name) => ({ name, follow: true })));

const readReferred = (referred: readonly ReferredSecret[]) =>
  record(
    async () => {
      const { readExistingSecrets } = await import("../../../preflight/existing-secrets");
      return readExistingSecrets(referred, { namespace: "fleet", images });
    },
    { objects },
  );

/** What the engine prints over the provider's words where the read fails. */
const readName = (name: string) =>
  `fleet:imagePullSecrets names ${name}; if there is none, make it in the namespace fleet ` +
  "(on a first deploy make that too, and set createNamespace to false)";

const mistakeOf = async (name: string) => {
  const { result, recording } = await read(name);
  assert.deepEqual(result.secrets, []);
  assert.doesNotMatch(JSON.stringify(result.issues) + recording.readable(), /marker/);
  return result.issues.map(issueText);
};

describe("readExistingSecrets", function () {
  this.timeout(20_000); // for a busy machine
  it("reads each Secret of the namespace, with its metadata secret", async () => {
    const { result, recording } = await read("team", "old");
    assert.deepEqual(result.issues, []);
    assert.deepEqual(recording.tree(), [
      `kubernetes:core/v1:Secret ${readName("old")}`,
      `kubernetes:core/v1:Secret ${readName("team")}`,
    ]);
    for (const name of ["team", "old"]) {
      const { read, additionalSecretOutputs } = recording.get(`Secret ${readName(name)}`);
      assert.equal(read, `fleet/${name}`);
      assert.deepEqual([...additionalSecretOutputs].sort(), ["data", "metadata", "stringData"]);
    }
    assert.deepEqual(
      result.secrets.map(({ name, config }) => ({
        name,
        servers: config?.kind === "entries" ? config.entries.map(({ server }) => server) : [],
      })),
      [
        { name: "team", servers: ["ghcr.io/team", "quay.io"] },
        { name: "old", servers: ["ghcr.io"] },
      ],
    );
  });

  it("gives the revision alone without secrecy", async () => {
    const [found] = (await read("team")).result.secrets;
    assert.ok(found?.revision);
    assert.equal(await valueOf(found.revision), "41");
    assert.equal(await pulumi.isSecret(found.revision), false);
  });

  it("gives none of a Secret that refreshes itself, which is checked as every other one", async () => {
    const notFollowed = (name: string) => readReferred([{ name, follow: false }]);
    const { result } = await notFollowed("team");
    assert.deepEqual(result.secrets.map(Object.keys), [["name", "config"]]);
    assert.deepEqual((await notFollowed("other")).result.issues, (await read("other")).result.issues);
    await assert.rejects(notFollowed("missing"), { message: `Secret ${readName("missing")} cannot be read` });
  });

  it("gives names and unknown revisions in a preview that cannot know the cluster yet", async () => {
    const { result } = await record(
      async () => {
        const { readExistingSecrets } = await import("../../../preflight/existing-secrets");
        return readExistingSecrets([{ name: "team", follow: true }], { namespace: "fleet", images });
      },
      { objects: { "fleet/team": {} }, preview: true },
    );
    assert.deepEqual(result.issues, []);
    assert.deepEqual(result.secrets.map(Object.keys), [["name", "revision"]]);
  });

  it("reads nothing where nothing is named", async () => {
    const { result, recording } = await read();
    assert.deepEqual(result, { secrets: [], issues: [] });
    assert.deepEqual(recording.resources, []);
  });

  it("ends with the key, the name of one that is not there, and the fix", async () => {
    await assert.rejects(read("team", "missing"), { message: `Secret ${readName("missing")} cannot be read` });
  });

  it("says of one that covers no image why, where that can be told", async () => {
    const sentence = (name: string) =>
      `imagePullSecrets names the Secret ${name}, which has no credential for any of the images (ghcr.io/team/fleet:v1, mysql:8)`;
    assert.deepEqual(await mistakeOf("helper"), [
      `${sentence("helper")}; its docker config has no entry: write username and password into one; credsStore and credHelpers are none`,
    ]);
    assert.deepEqual(await mistakeOf("near"), [
      `${sentence("near")}; the key "ghcr.io:443" of the Secret near has the port 443, and the image's host has none: write it as "ghcr.io"`,
    ]);
  });

  it("refuses one of another type", async () => {
    assert.deepEqual(await mistakeOf("opaque"), [
      "imagePullSecrets names the Secret opaque, which has the type Opaque; " +
        "name a Secret of the type kubernetes.io/dockerconfigjson",
    ]);
  });

  it("refuses one without a credential for any image", async () => {
    assert.deepEqual(await mistakeOf("other"), [
      "imagePullSecrets names the Secret other, which has no credential for any of the images " +
        "(ghcr.io/team/fleet:v1, mysql:8); add an entry for the registry of the image, or remove the name",
    ]);
  });

  it("refuses one that the kubelet cannot read, without a part of it", async () => {
    assert.deepEqual(await mistakeOf("broken"), [
      "imagePullSecrets names the Secret broken, which cannot be read by the kubelet: entry 1 has an auth that is not " +
        "base64 of username:password; delete it (kubectl -n fleet delete secret broken) and make it again, as docs/existing-secrets.md says",
    ]);
    assert.deepEqual(await mistakeOf("nothing"), [
      "imagePullSecrets names the Secret nothing, which has no .dockerconfigjson; " +
        "delete it (kubectl -n fleet delete secret nothing) and make it again, as docs/existing-secrets.md says",
    ]);
  });

  it("tells all mistakes at once, in the order of the names", async () => {
    const { result } = await read("opaque", "team", "broken", "other");
    assert.deepEqual(
      result.issues.map(({ sentence }) => /the Secret (\w+)/.exec(sentence)?.[1]),
      ["opaque", "broken", "other"],
    );
    assert.deepEqual(
      result.secrets.map(({ name }) => name),
      ["team"],
    );
  });
});
