import assert from "node:assert/strict";
import type { AdoptionArgs } from "../../../preflight/adoption";
import { issueText } from "../../../registry/issue";
import { bundled, external, recordingOf } from "../support/fleet-run";
import { messagesOf } from "../support/raw-config";
import { record } from "../support/recording";

const release = (status: Record<string, unknown>, values: Record<string, unknown> = {}) => ({
  fleet: { metadata: { name: "fleet" } },
  "fleet/fleet": { status: { status: "deployed", chart: "fleet", version: "v7.0.2", ...status }, values },
});

const check = (objects: Record<string, Record<string, unknown>>, args: AdoptionArgs = {}, preview = false) =>
  record(
    async () => {
      const { checkAdoption } = await import("../../../preflight/adoption");
      return checkAdoption({ adopt: true, ...args });
    },
    { objects, preview },
  );

const messages = async (objects: Record<string, Record<string, unknown>>, args?: AdoptionArgs): Promise<string[]> =>
  (await check(objects, args)).result.issues.map(issueText);

describe("adoption", function () {
  this.timeout(20_000); // for a busy machine
  it("imports the namespace and the release, and leaves the namespace as it is, for good", async () => {
    const recording = await recordingOf({ ...external, namespace: "apps", adopt: true });
    const namespace = recording.get("Namespace fleet");
    assert.deepEqual(
      [namespace.importId, namespace.retainOnDelete, namespace.protect, namespace.ignoreChanges],
      ["apps", true, false, ["metadata.labels", "metadata.annotations", "spec"]],
    );
    assert.deepEqual(namespace.inputs.metadata, { name: "apps" });
    const { importId, retainOnDelete } = recording.get("Release fleet");
    assert.deepEqual([importId, retainOnDelete], ["apps/fleet", false]);
    assert.deepEqual(
      recording.resources.filter((one) => one.importId !== "").map(({ id }) => id),
      ["Namespace fleet", "Release fleet"],
    );
  });

  it("with createNamespace off imports the release alone", async () => {
    const recording = await recordingOf({ ...external, createNamespace: false, adopt: true });
    assert.deepEqual(
      recording.resources.filter((one) => one.importId !== "").map(({ id }) => id),
      ["Release fleet"],
    );
  });

  it("is off unless it is asked for", async () => {
    const recording = await recordingOf(bundled);
    assert.ok(recording.resources.every(({ importId, retainOnDelete }) => importId === "" && !retainOnDelete));
    assert.deepEqual(recording.get("Namespace fleet").ignoreChanges, []);
  });
});

describe("checkAdoption", function () {
  this.timeout(20_000); // for a busy machine
  it("finds nothing in a preview that cannot know the cluster yet, and ends", async () => {
    const { result } = await check({ fleet: {}, "fleet/fleet": {} }, {}, true);
    assert.deepEqual(result, { issues: [], warnings: [] });
  });

  it("reads the namespace and the release, whose values stay secret, and takes what can be taken", async () => {
    const values = { environments: { FLEET_SERVER_PRIVATE_KEY: null }, fleet: { tls: { enabled: false } } };
    const { result, recording } = await check(release({}, values));
    assert.deepEqual(result, { issues: [], warnings: [] });
    assert.deepEqual(
      recording.resources.map(({ name, read, additionalSecretOutputs }) => [name, read, additionalSecretOutputs]),
      [
        [
          "fleet:adopt takes over the namespace fleet; if there is none, run `pulumi config set adopt false`",
          "fleet",
          [],
        ],
        [
          "fleet:adopt takes over the Helm release fleet in the namespace fleet; if there is none, run " +
            "`pulumi config set adopt false` and `pulumi config set createNamespace false`",
          "fleet/fleet",
          ["values"],
        ],
      ],
    );
  });

  it("warns of the chart's TLS, which is on where nobody said so, until the stack says how it goes on", async () => {
    const warnings = async (fleet: unknown, args?: AdoptionArgs) =>
      (await check(release({}, { fleet }), args)).result.warnings.map(issueText);
    const lost = [
      "the release fleet/fleet has TLS in Fleet itself, as is the chart's default, and goes on without; to keep it, set " +
        "tlsSecretName to the Secret of the certificate (keys server.cert and server.key)",
    ];
    for (const fleet of [undefined, null, {}, { tls: null }, { tls: { enabled: true } }]) {
      assert.deepEqual(await warnings(fleet), lost);
    }
    assert.deepEqual(await warnings({}, { tls: { secretName: "fleet" } }), []);
    assert.deepEqual(await warnings({ tls: { enabled: false } }), []);
  });

  it("reads nothing of a stack that takes over nothing", async () => {
    const { result, recording } = await check({}, { adopt: false });
    assert.deepEqual([result, recording.resources], [{ issues: [], warnings: [] }, []]);
  });

  it("reads no namespace that is not adopted", async () => {
    const { recording } = await check(release({}), { createNamespace: false });
    assert.deepEqual(
      recording.resources.map(({ read }) => read),
      ["fleet/fleet"],
    );
  });

  it("ends with what is missing and the fix", async () => {
    await assert.rejects(check({}), {
      message:
        "Namespace fleet:adopt takes over the namespace fleet; if there is none, run `pulumi config set adopt false` cannot be read",
    });
  });

  it("refuses a release of another chart", async () => {
    assert.deepEqual(await messages(release({ chart: "nginx" })), [
      "adopt found the release fleet/fleet of the chart nginx, not fleet; set namespace to the one that Fleet is in",
    ]);
  });

  it("refuses a release that Helm has not done with, and that alone, with the command that ends it", async () => {
    const told = (status: string, end: string) =>
      `adopt found the release fleet/fleet, which is ${status}; unless Helm is still at it, end it with ${end}`;
    const gone = "`helm -n fleet uninstall fleet`, and install Fleet with `pulumi config set adopt false`";
    const unrecorded = (status: string) =>
      `\`kubectl -n fleet delete secret -l owner=helm,name=fleet,status=${status}\``;
    for (const [status, end] of [
      ["pending-install", "`helm -n fleet uninstall fleet` and install it again"],
      ["pending-upgrade", unrecorded("pending-upgrade")],
      ["pending-rollback", unrecorded("pending-rollback")],
      ["uninstalling", gone],
      ["uninstalled", gone],
    ] as const) {
      assert.deepEqual(await messages(release({ status }, { mysql: { enabled: true } })), [told(status, end)]);
    }
  });

  it("takes a release whose last change failed, as a migration that could not pull leaves it, and says so", async () => {
    const { result } = await check(release({ status: "failed" }, { fleet: { tls: { enabled: false } } }));
    assert.deepEqual(result.issues, []);
    assert.deepEqual(result.warnings.map(issueText), [
      "the last change of the release fleet/fleet failed, so its values are what was tried, not what runs; look at " +
        "`helm -n fleet history fleet`, and roll it back first where you doubt",
    ]);
  });

  it("refuses a chart whose Deployment cannot be upgraded in place, and that alone", async () => {
    const old = { version: "v6.6.5" };
    assert.deepEqual(await messages(release(old)), [
      "adopt found the release fleet/fleet of chart version 6.6.5, whose Deployment cannot become one of 6.6.6 or newer, " +
        "since its selector is another; first run `kubectl -n fleet delete deployment fleet` and upgrade it with " +
        "`helm upgrade` to 6.6.6 or newer",
    ]);
    assert.deepEqual(await messages(release(old), { chartVersion: "6.6.5" }), []);
    assert.equal((await messages(release(old), {})).length, 1);
    assert.deepEqual(await messages(release({ version: "6.6.6" })), []);
  });

  it("refuses a release that runs MySQL, and one with the private key in plain text, without a word of it", async () => {
    const values = { mysql: { enabled: true }, environments: { FLEET_SERVER_PRIVATE_KEY: "marker" } };
    assert.deepEqual(await messages(release({}, values)), [
      "adopt found the release fleet/fleet with a MySQL of its own (mysql.enabled), which this program would remove; " +
        "first move the database to a MySQL outside of the release",
      "adopt found the release fleet/fleet with environments.FLEET_SERVER_PRIVATE_KEY in plain text, which would get into " +
        "the preview and the state; first move each to a Secret with `helm upgrade` (envsFrom), and name that in " +
        "values.envsFrom, or the private key's in privateKeySecret",
    ]);
  });

  it("refuses every secret in plain text among the variables, and no other variable", async () => {
    const environments = {
      FLEET_MYSQL_READ_REPLICA_PASSWORD: "marker",
      FLEET_S3_CARVES_SECRET_ACCESS_KEY: "marker",
      FLEET_SPLUNK_TOKEN: 7,
      HTTPS_PROXY: "http://proxy:marker@proxy.example.com",
      FLEET_S3_CARVES_ACCESS_KEY_ID: "id",
      FLEET_LICENSE_KEY: "",
    };
    const [message = "", ...more] = await messages(release({}, { environments }));
    assert.match(
      message,
      /^adopt found the release fleet\/fleet with environments\.FLEET_MYSQL_READ_REPLICA_PASSWORD, environments\.FLEET_S3_CARVES_SECRET_ACCESS_KEY, environments\.FLEET_SPLUNK_TOKEN, environments\.HTTPS_PROXY in plain text, /,
    );
    assert.deepEqual([more, message.includes("marker")], [[], false]);
  });
});

describe("the configuration of an adoption", () => {
  const database = { database: { address: "mysql.example.com:3306", secretName: "mysql" } };
  const privateKeySecret = { privateKeySecret: { secretName: "fleet-key", key: "key" } };

  it("must state what would else be made anew, and empty", () => {
    const noDatabase =
      "fleet:database is not set, but adopt is true, and a MySQL made here would be empty; describe the one that Fleet " +
      "uses today, for example address: mysql.example.com:3306";
    const noKey =
      "fleet:privateKeySecret is not set, but adopt is true, and Fleet could not read with another key what it encrypted " +
      "with its own; name the Secret that holds it (secretName, key), or, if Fleet has none yet, make one: " +
      "openssl rand -hex 32 | pulumi config set --secret privateKey";
    assert.deepEqual(messagesOf({ adopt: true }), [noDatabase, noKey]);
    assert.deepEqual(messagesOf({ adopt: true, ...database }), [noKey]);
    assert.deepEqual(messagesOf({ adopt: true, ...privateKeySecret }), [noDatabase]);
    assert.deepEqual(messagesOf({ adopt: true, ...database, ...privateKeySecret }), []);
    assert.deepEqual(messagesOf({ adopt: false }), []);
  });

  it("is true or false", () => {
    assert.deepEqual(messagesOf({ adopt: "yes", protect: "no" }), [
      "fleet:adopt is yes; set it to true or false",
      "fleet:protect is no; set it to true or false",
    ]);
  });
});
