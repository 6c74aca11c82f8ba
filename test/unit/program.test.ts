import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../components/user-error";
import { checkout } from "../../local/support/paths";
import { FakeRegistry } from "../support/fake-registry";
import type { World } from "./support/fake-providers";
import { declaredKeys, rawConfig, smallestStack } from "./support/raw-config";
import { changed, FailedRead, record, valueOf, type Recording } from "./support/recording";

type Program = () => Promise<Record<string, unknown>>;

const cluster = { "kube-system": { metadata: { uid: "uid-of-cluster" } } };

const team = {
  type: "kubernetes.io/dockerconfigjson",
  data: {
    ".dockerconfigjson": Buffer.from(
      '{"auths":{"quay.io":{"username":"u","password":"marker-team"},"docker.io":{"username":"u","password":"p"}}}',
    ).toString("base64"),
  },
  metadata: { resourceVersion: "41" },
};

interface Run {
  readonly outcome: unknown;
  readonly recording: Recording;
  readonly warnings: readonly string[];
}

/** Runs index.ts as a stack, the engine's log caught. */
async function run(
  stack: Readonly<Record<string, unknown>>,
  world: World = { objects: cluster },
  encrypted: readonly string[] = [],
): Promise<Run> {
  const warnings: string[] = [];
  // No registry is there to be asked, and no chart repository.
  const alone = { registryCheck: "off", chart: "./test/fixtures/charts/fleet", "kubernetes:context": "test" };
  const raw = rawConfig({ ...smallestStack, ...alone, ...stack }, encrypted);
  const warn = console.warn;
  const program = async () => {
    pulumi.runtime.setAllConfig(raw.values, Object.keys(raw.values).filter(raw.isSecret));
    const { default: main } = (await import("../../index")) as unknown as { default: Program };
    // That the cluster is silent is a run's whose read failed: the engine would have ended it.
    console.warn = (text: string) => /has not answered for/.test(text) || warnings.push(text);
    return main().catch((error: unknown) => error);
  };
  const { result, recording } = await record(program, world)
    .catch((error: unknown) => {
      if (error instanceof FailedRead) return { result: error, recording: error.recording };
      throw error;
    })
    .finally(() => (console.warn = warn));
  return { outcome: result, recording, warnings };
}

const clusterRead =
  "Namespace kubernetes:context; if nothing answers, check it and kubernetes:kubeconfig with kubectl get ns kube-system";

const secretRead = (name: string) =>
  `Secret fleet:imagePullSecrets names ${name}; if there is none, make it in the namespace fleet ` +
  "(on a first deploy make that too, and set createNamespace to false)";

const warning = (image: string) =>
  `warning: [runtime] ${image} is pulled anonymously, since no credential is for its registry; ` +
  "where it needs one, add the registry to fleet:registries";

describe("the program", function () {
  this.timeout(20_000); // for a busy machine
  it("asks the cluster and the existing Secrets, then makes Fleet, and gives what a person wants", async () => {
    const { outcome, recording, warnings } = await run(
      {
        registries: { "ghcr.io": { username: "bot" } },
        registryPasswords: { "ghcr.io": "marker-registry" },
        imageRepository: "ghcr.io/team/fleet",
        imagePullSecrets: ["team"],
        hostName: "fleet.example.com",
        clusterUid: "uid-of-cluster",
      },
      { objects: { ...cluster, "fleet/team": team } },
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      recording.resources.filter(({ parent }) => parent === "").map(({ id, read }) => [id, read]),
      [
        [clusterRead, "kube-system"],
        [secretRead("team"), "fleet/team"],
        ["Fleet fleet", ""],
      ],
    );
    const outputs = await valueOf(pulumi.output(outcome));
    const made = recording.objectNames["Secret fleet-ghcr-io"];
    assert.deepEqual(outputs, {
      clusterUid: "uid-of-cluster",
      namespace: "fleet",
      image: "ghcr.io/team/fleet:v4.85.0",
      url: "https://fleet.example.com",
      pullSecretNames: { "ghcr.io": made },
      releaseStatus: "deployed",
      releaseRevision: 1,
    });
    const { values } = recording.get("Release fleet").inputs as { values: Record<string, unknown> };
    assert.deepEqual(values.imagePullSecrets, [{ name: made }, { name: "team" }]);
    assert.deepEqual(values.podAnnotations, { "image-pull-secrets/revisions": "team=41" });
    assert.doesNotMatch(recording.readable() + JSON.stringify(outputs), /marker/);
  });

  it("makes the same of a Secret that refreshes itself, whatever became of it", async () => {
    const stack = { imagePullSecrets: [{ name: "team", follow: false }], imageRepository: "quay.io/team/fleet" };
    const at = (resourceVersion: string) => ({
      objects: { ...cluster, "fleet/team": { ...team, metadata: { resourceVersion } } },
    });
    const [before, after] = [await run(stack, at("41")), await run(stack, at("42"))];
    assert.deepEqual([before.warnings, changed(before.recording, after.recording)], [[], []]);
    assert.equal(before.recording.get(secretRead("team")).read, "fleet/team");
    const { values } = before.recording.get("Release fleet").inputs as { values: Record<string, unknown> };
    assert.deepEqual([values.imagePullSecrets, values.podAnnotations], [[{ name: "team" }], {}]);
  });

  it("shows no encrypted username and no password in a warning, a refusal or anything that it makes", async () => {
    const token = "marker-token-of-digitalocean";
    const stack = {
      registries: { "registry.digitalocean.com": { username: token, expires: "2020-01-01" } },
      registryPasswords: { "registry.digitalocean.com": token },
      imageRepository: "registry.digitalocean.com/team/fleet",
    };
    const { warnings, recording, outcome } = await run(stack, { objects: cluster }, ["fleet:registries"]);
    assert.deepEqual(warnings.slice(0, 1), [
      "warning: [runtime] The password of the encrypted username for registry.digitalocean.com was to expire on 2020-01-01: " +
        "whether it still works, the registry decides; set a new password with " +
        "pulumi config set --secret --path 'registryPasswords[\"registry.digitalocean.com\"]'",
    ]);
    const outputs = await valueOf(pulumi.output(outcome));
    assert.doesNotMatch(recording.readable() + JSON.stringify(outputs) + warnings.join(), /marker/);
    const refused = await run(
      { ...stack, imageTag: "", hostName: `https://user:${token}@fleet`, replicas: token },
      undefined,
      ["fleet:registries"],
    );
    assert.ok(refused.outcome instanceof UserError);
    assert.match(refused.outcome.message, /^fleet:replicas is \*\*\*; set a whole number from 1 up$/m);
    assert.doesNotMatch(refused.outcome.message, /marker/);
  });

  it("says before anything else where a stack without a context goes, and makes the same", async () => {
    const kubeconfig = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "program-")), "kubeconfig");
    fs.writeFileSync(kubeconfig, "current-context: production\n");
    const named = await run({});
    const { warnings, recording } = await run({ "kubernetes:context": "", "kubernetes:kubeconfig": kubeconfig });
    assert.deepEqual(warnings, [
      `warning: [runtime] kubernetes:context is not set, so this goes to the cluster of production, the current context of ` +
        `${kubeconfig}; if that is the one, say so: pulumi config set kubernetes:context production`,
      ...named.warnings,
    ]);
    assert.deepEqual(changed(named.recording, recording), []);
  });

  it("warns of every image that is pulled anonymously, and of no other", async () => {
    const images = ["ghcr.io/team/fleet:v4.85.0", "mysql:8.4.6", "valkey/valkey:8.1.4"];
    const nothing = await run({ imageRepository: "ghcr.io/team/fleet" });
    assert.deepEqual(nothing.warnings, images.map(warning));
    const one = await run({
      imageRepository: "ghcr.io/team/fleet",
      registries: { "index.docker.io": { username: "u" } },
      registryPasswords: { "index.docker.io": "p" },
    });
    assert.deepEqual(one.warnings, images.slice(0, 1).map(warning));
  });

  it("refuses a bad configuration with all of its problems, before it asks anyone", async () => {
    const { outcome, recording } = await run({ imageTag: "", registryPasswords: { "ghcr.io": "marker" } });
    assert.ok(outcome instanceof UserError);
    assert.deepEqual(outcome.message.split("\n"), [
      'fleet:registryPasswords["ghcr.io"] is for a registry that is not listed; list it in registries, or remove it: ' +
        "pulumi config rm --path 'registryPasswords[\"ghcr.io\"]'",
      "fleet:imageTag is not set; name a tag that your registry has: pulumi config set imageTag v4.85.0",
    ]);
    assert.deepEqual(recording.resources, []);
  });

  it("refuses another cluster and a silent one before anything is made", async () => {
    const other = await run({ clusterUid: "uid-of-other" });
    assert.ok(other.outcome instanceof UserError);
    const silent = await run({}, { objects: {} });
    assert.ok(silent.outcome instanceof FailedRead);
    for (const { recording } of [other, silent]) {
      assert.deepEqual(
        recording.resources.map(({ id }) => id),
        [clusterRead],
      );
    }
  });

  it("refuses bad existing Secrets in terms of the configuration, before anything is made", async () => {
    const opaque = { ...team, type: "Opaque" };
    const { outcome, recording } = await run(
      { imagePullSecrets: ["team"], values: { imagePullSecrets: [{ name: "extra" }] } },
      { objects: { ...cluster, "fleet/team": opaque, "fleet/extra": opaque } },
    );
    assert.ok(outcome instanceof UserError);
    assert.deepEqual(
      outcome.message.split("\n"),
      ["team", "extra"].map(
        (name) =>
          `fleet:imagePullSecrets names the Secret ${name}, which has the type Opaque; ` +
          "name a Secret of the type kubernetes.io/dockerconfigjson",
      ),
    );
    assert.equal(recording.resources.length, 3);
    assert.ok(recording.resources.every(({ read }) => read !== ""));
  });

  it("ends before anything is made when an existing Secret is not there", async () => {
    const { outcome, recording } = await run({ imagePullSecrets: ["missing"] });
    assert.ok(outcome instanceof FailedRead);
    assert.equal(outcome.message, `${secretRead("missing")} cannot be read`);
    assert.ok(recording.resources.every(({ read }) => read !== ""));
  });

  describe("before anything is made", () => {
    let registry: FakeRegistry;
    let asked: Promise<void>;
    beforeEach(async () => {
      let tell: () => void = () => undefined;
      asked = new Promise((resolve) => (tell = resolve));
      const status = (url: string) => (url === "/v2/" ? 200 : 404);
      registry = await FakeRegistry.start(
        ({ url }) => {
          tell();
          return { status: status(url) };
        },
        { tls: "none" },
      );
    });
    afterEach(() => registry.close());

    const datastores = {
      database: { address: "mysql:3306", secretName: "mysql" },
      cache: { address: "redis:6379" },
      privateKeySecret: { secretName: "key", key: "key" },
    };
    const stack = () => ({
      ...datastores,
      chart: "fleet",
      chartRepository: registry.origin,
      imageRepository: `${registry.host}/team/fleet`,
      registryCheck: "enforce",
    });
    const noImage = () =>
      `${registry.host} has no ${registry.host}/team/fleet:v4.85.0 that an anonymous pull may see (404); correct the ` +
      "repository or tag, or add the registry to fleet:registries, or, if the nodes have a login of their own, set " +
      "registryCheck to warn";
    const noAdoption =
      "fleet:adopt found the release fleet/fleet of the chart wordpress, not fleet; set namespace to the one that Fleet is in";
    const wordpress = {
      ...cluster,
      fleet: { metadata: { name: "fleet" } },
      "fleet/fleet": { status: { chart: "wordpress", version: "1.0.0" }, values: {} },
    };
    const refused = ({ outcome, recording }: Run): readonly string[] => {
      assert.ok(outcome instanceof UserError, String(outcome));
      assert.ok(recording.resources.every(({ read }) => read !== ""));
      return outcome.message.split("\n");
    };

    it("tells all at once that registries and the cluster's release stand in the way", async () => {
      const all = await run({ ...stack(), adopt: true }, { objects: wordpress });
      assert.deepEqual(refused(all), [noAdoption, noImage()]);
    });

    it("tells what a bad existing Secret is with the rest, and no registry's answer, which without it says nothing", async () => {
      const objects = { ...wordpress, "fleet/team": { ...team, type: "Opaque" } };
      const all = await run({ ...stack(), adopt: true, imagePullSecrets: ["team"] }, { objects });
      const noSecret =
        "fleet:imagePullSecrets names the Secret team, which has the type Opaque; " +
        "name a Secret of the type kubernetes.io/dockerconfigjson";
      assert.deepEqual(refused(all), [noAdoption, noSecret]);
      assert.deepEqual(registry.requests, []);
    });

    it("asks the registries while the cluster has not answered", async () => {
      const local = { ...stack(), chart: "./test/fixtures/charts/fleet" };
      const late = await run(local, { objects: cluster, silentUntil: asked });
      assert.deepEqual(refused(late), [noImage()]);
    });

    it("tells another cluster alone, whatever the registries say", async () => {
      const other = await run({ ...stack(), clusterUid: "uid-of-other" });
      assert.equal(refused(other).length, 1);
      assert.match(refused(other).join(), /^fleet:clusterUid is uid-of-other/);
    });

    it("asks no registry before an existing Secret is read, whose credential may be the one that counts", async () => {
      const { outcome } = await run({
        ...stack(),
        chart: "./test/fixtures/charts/fleet",
        imagePullSecrets: ["missing"],
      });
      assert.ok(outcome instanceof FailedRead);
      assert.deepEqual(registry.requests, []);
    });
  });

  it("asks for the same in a preview and in an update", async () => {
    const stack = { registries: { "ghcr.io": { username: "u" } }, registryPasswords: { "ghcr.io": "p" } };
    const [preview, update] = [await run(stack, { objects: cluster, preview: true }), await run(stack)];
    const sorted = ({ recording }: Run) => [...recording.resources].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(sorted(preview), sorted(update));
  });

  it("is under 40 lines, and its project has the name that its messages use", () => {
    const lines = fs.readFileSync(path.join(checkout, "index.ts"), "utf8").trimEnd().split("\n");
    assert.ok(lines.length < 40, `${lines.length} lines`);
    assert.match(fs.readFileSync(path.join(checkout, "Pulumi.yaml"), "utf8"), /^name: fleet$/m);
    assert.ok("imageTag" in declaredKeys);
  });
});

describe("a user's mistake", function () {
  this.timeout(20_000); // for a busy machine
  it("prints as its message, at once", async () => {
    const util = await import("node:util");
    const error = new UserError("fleet:imageTag is not set; set it");
    assert.ok(pulumi.RunError.isInstance(error));
    assert.equal(util.inspect(error), "fleet:imageTag is not set; set it");
    assert.equal(util.inspect({ error }), "{ error: fleet:imageTag is not set; set it }");
  });
});
