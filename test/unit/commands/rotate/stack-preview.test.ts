import { strict as assert } from "node:assert";
import type { Issue } from "../../../../registry/issue";
import { readPreview } from "../../../../commands/rotate/stack-preview";

const server = "registry.example.com";
const urn = (type: string, name: string) => `urn:pulumi:dev::fleet::fleet:index:Fleet$${type}::${name}`;
const step = (op: string, type: string, name: string, ...properties: string[]) => ({
  op,
  urn: urn(type, name),
  detailedDiff: properties.length === 0 ? null : Object.fromEntries(properties.map((one) => [one, {}])),
});
const secret = (op: string) =>
  step(op, "kubernetes:core/v1:Secret", "fleet-registry-example-com", 'data[".dockerconfigjson"]');
const job = (op: string) =>
  step(
    op,
    "kubernetes:batch/v1:Job",
    "fleet-pull-check",
    "metadata.ownerReferences[0].uid",
    "spec.template.spec.imagePullSecrets[0].name",
  );
const release = (...more: string[]) =>
  step("update", "kubernetes:helm.sh/v3:Release", "fleet", "values.imagePullSecrets[0].name", ...more);
const unchanged = [
  step("same", "kubernetes:core/v1:Secret", "fleet-private-key"),
  step("read", "kubernetes:core/v1:Namespace", "kubernetes:context"),
];
const rotation = [
  secret("create-replacement"),
  secret("replace"),
  job("create-replacement"),
  job("replace"),
  release(),
  job("delete-replaced"),
  secret("delete-replaced"),
];
const config = { "fleet:imageRepository": `${server}/fleetdm/fleet`, "fleet:registryCheck": "enforce" };
const read = (json: object, issues: readonly Issue[] = [], code = 0) =>
  readPreview("fleet", server, { code, stdout: JSON.stringify({ config, ...json }), stderr: "" }, issues);
const warned = (message: string) => ({ diagnostics: [{ severity: "warning", message: `warning: ${message}\n` }] });

describe("what a preview says about a rotation", () => {
  const clean = { secret: "replace", release: "update", answer: "accepted", words: [], warnings: [], others: [] };

  it("in the rows of the Secret and the release, and nothing else", () => {
    assert.deepEqual(read({ steps: [...unchanged, ...rotation] }), { ...clean, changes: true });
  });

  it("with a chart in the same registry, which is pulled with the new password", () => {
    const steps = rotation.map((one) => (one.urn.includes("Release") ? release("repositoryOpts.password") : one));
    assert.deepEqual(read({ steps }), { ...clean, changes: true });
    const other = rotation.map((one) => (one.urn.includes("Release") ? release("repositoryOpts.repo") : one));
    assert.equal(read({ steps: other }).others.length, 1);
  });

  it("without what the engine says of plugins on PATH", () => {
    const messages = [
      "using pulumi-resource-kubernetes from $PATH at /usr/local/bin/pulumi-resource-kubernetes",
      "resource plugin kubernetes is expected to have version >=4.32.0, but has 4.25.0; the wrong version may be on your path, or this may be a bug in the plugin",
    ];
    const diagnostics = messages.map((message) => ({ severity: "warning", message: `warning: ${message}\n` }));
    assert.deepEqual(read({ steps: rotation, diagnostics }), { ...clean, changes: true });
  });

  it("with the datastores made here, whose pods restart", () => {
    const steps = ["fleet-mysql", "fleet-valkey"].map((name) =>
      step("update", "kubernetes:apps/v1:StatefulSet", name, "spec.template.spec.imagePullSecrets[0].name"),
    );
    assert.deepEqual(read({ steps: [...rotation, ...steps] }).others, []);
  });

  it("where nothing is to be done", () => {
    const nothing = { ...clean, secret: "unchanged", release: "unchanged", changes: false };
    assert.deepEqual(read({ steps: unchanged }), nothing);
  });

  it("where only something old is to be deleted", () => {
    const { changes, secret: operation, others } = read({ steps: [...unchanged, secret("delete-replaced")] });
    assert.deepEqual([changes, operation, others], [true, "unchanged", []]);
  });

  it("with everything that is not a part of it", () => {
    const steps = [
      ...rotation.filter(({ urn: one }) => !one.includes("Release")),
      release("values.replicas", "chart"),
      step("create", "kubernetes:core/v1:Secret", "fleet-license"),
      step("replace", "kubernetes:batch/v1:Job", "fleet-pull-check", "spec.template.spec.containers[0].image"),
      step("update", "kubernetes:apps/v1:StatefulSet", "fleet-mysql", "spec.replicas"),
      step("delete", "kubernetes:core/v1:Secret", "fleet-ghcr-io"),
    ];
    assert.deepEqual(read({ steps }).others, [
      "update kubernetes:helm.sh/v3:Release fleet (chart, values.replicas)",
      "create kubernetes:core/v1:Secret fleet-license",
      "replace kubernetes:batch/v1:Job fleet-pull-check (spec.template.spec.containers[0].image)",
      "update kubernetes:apps/v1:StatefulSet fleet-mysql (spec.replicas)",
      "delete kubernetes:core/v1:Secret fleet-ghcr-io",
    ]);
  });

  it("with a refusal, whatever its words are", () => {
    for (const code of ["wrong-credential", "login-needed", "no-right", "no-such-image", "may-push"] as const) {
      const words = `${server} refuses a username with blanks for ${server}/a:1`;
      const diagnostics = [{ severity: "error", message: `error: ${words}\n` }];
      const issues = [{ code, sentence: words }];
      assert.deepEqual(
        read({ steps: unchanged, diagnostics }, issues, 255),
        {
          answer: "refused",
          ...(code === "wrong-credential" && { isWrongPassword: true }),
          words: [words],
          warnings: [],
          others: [],
          changes: false,
        },
        code,
      );
      assert.equal(read({ steps: rotation, ...warned(words) }, issues).answer, "warning", code);
    }
  });

  it("with every warning that tells nothing of the credential", () => {
    const codes = [
      "contradictory",
      "rate-limited",
      "failed-logins",
      "unreachable",
      "failing",
      "anonymous-pull",
    ] as const;
    for (const code of codes) {
      const { answer, warnings } = read({ steps: rotation, ...warned("some words") }, [
        { code, sentence: "some words" },
      ]);
      assert.deepEqual([answer, warnings], ["warning", ["some words"]]);
    }
  });

  it("where a warning is about something else", () => {
    const issues = [{ code: "password-expires", sentence: "the password expires in 3 days" }] as const;
    const { answer, warnings } = read({ steps: rotation, ...warned("the password expires in 3 days") }, issues);
    assert.deepEqual([answer, warnings], ["accepted", ["the password expires in 3 days"]]);
  });

  it("where the registry was not asked", () => {
    const answer = (changed: object) => read({ steps: rotation, config: { ...config, ...changed } }).answer;
    assert.equal(answer({ "fleet:registryCheck": "off" }), "not asked");
    const elsewhere = { "fleet:imageRepository": "ghcr.io/fleetdm/fleet" };
    assert.equal(answer(elsewhere), "not asked");
    assert.equal(answer({ ...elsewhere, "fleet:mysqlImage": `${server}/library/mysql:8.4.6` }), "accepted");
    const own = { "fleet:mysqlImage": `${server}/library/mysql:8.4.6`, "fleet:database": '{"address":"db:3306"}' };
    assert.equal(answer({ ...elsewhere, ...own }), "not asked");
    assert.equal(answer({ ...elsewhere, "fleet:pullCheckImages": "[]", "fleet:values": "[secret]" }), "not asked");
  });

  it("where the registry was asked about an image that stands beside Fleet's alone", () => {
    const elsewhere = { "fleet:imageRepository": "ghcr.io/fleetdm/fleet" };
    const answer = (changed: object) => {
      const texts = Object.entries(changed).map(([key, value]) => ({ [`fleet:${key}`]: JSON.stringify(value) }));
      return read({ steps: rotation, config: Object.assign({}, elsewhere, ...texts) as object }).answer;
    };
    const proxy = (enableProxy: boolean) => ({
      values: { gke: { cloudSQL: { enableProxy, imageRepository: `${server}/proxy`, imageTag: "1" } } },
    });
    assert.equal(answer({ pullCheckImages: [{ image: `${server}/team/shipper:1`, command: ["/x"] }] }), "accepted");
    assert.equal(answer({ pullCheckImages: [{ image: "ghcr.io/team/shipper:1", command: ["/x"] }] }), "not asked");
    assert.equal(answer(proxy(true)), "accepted");
    assert.equal(answer(proxy(false)), "not asked");
  });

  it("where it failed for another reason", () => {
    const diagnostics = [
      { severity: "error", message: "error: fleet:imageTag is not set; name one\nfleet:x is not a key" },
    ];
    const { answer, words } = read({ steps: [], diagnostics }, [{ code: "missing", sentence: "is not set" }], 255);
    assert.deepEqual([answer, words], ["failed", ["fleet:imageTag is not set; name one", "fleet:x is not a key"]]);
  });

  it("where there was none", () => {
    const none = { code: 255, stdout: "", stderr: "error: the stack is currently locked by 1 lock(s)\n" };
    const { answer, words } = readPreview("fleet", server, none, []);
    assert.deepEqual([answer, words], ["failed", ["the stack is currently locked by 1 lock(s)"]]);
    assert.deepEqual(readPreview("fleet", server, { ...none, stderr: "" }, []).words, [
      "pulumi ended with exit code 255",
    ]);
  });
});
