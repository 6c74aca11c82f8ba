import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { dockerConfigJson } from "../../registry/docker-config";
import { secretNameSlug } from "../../registry/server";
import { runKubectl } from "../../local/session";
import { Stack } from "../../local/stack";
import { checkout, stateDir } from "../../local/support/paths";
import type { KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

const pack = ["--policy-pack", path.join(checkout, "policy")];

/** The pack with a configuration file of its own, beside the stack's. */
function configured(stack: Stack, config: object): string[] {
  const file = path.join(path.dirname(stack.configFile), "policy.json");
  fs.writeFileSync(file, JSON.stringify(config));
  return [...pack, "--policy-pack-config", file];
}

/** What the pack reported: `[level] rule (resource): sentence`, sorted. The line between is the rule's description. */
function reported(output: string): string[] {
  assert.match(output, / fleet-private-registry@v0\.1\.0 \(local: /, "the pack did not run");
  const entries = output.matchAll(/^ {8}- \[(\w+)\] {2}(\S+) {2}\((.*)\)\n((?: {10}.*\n?)+)/gm);
  return [...entries]
    .map(([, level, rule, where, lines]) => `[${level}] ${rule} (${where}): ${lines?.trim().split("\n").pop()?.trim()}`)
    .sort();
}

describe("the policy pack", function () {
  this.timeout("3m");
  const pinned = "name a tag that stays, such as v4.85.0, or a digest";

  describe("on a stack of this program", () => {
    const password = "stack-password-1234";
    let stack: TestStack;

    before(async () => {
      stack = await TestStack.create("policy", password, {
        "fleet:createNamespace": false,
        "fleet:imagePullSecrets": ["team-registry"],
      });
      const { server } = session().cluster.registry;
      const metadata = { namespace: stack.namespace };
      const json = dockerConfigJson(server, { username: "team", password: "team-password-1234" });
      const items = [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: stack.namespace } },
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { ...metadata, name: "team-registry" },
          type: "kubernetes.io/dockerconfigjson",
          stringData: { ".dockerconfigjson": json },
        },
      ];
      await runKubectl(session(), ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    });
    after(() => stack.remove());

    it("has nothing to say where the rules are kept", async () => {
      const output = succeeded(await stack.preview(...pack));
      assert.deepEqual(reported(output), []);
      assert.match(output, /✅ fleet-private-registry/);
    });

    it("finds what the configuration breaks", async () => {
      const login = Buffer.from(`${stack.username}:${password}`).toString("base64");
      await stack.set("values.environments.REGISTRY_LOGIN", login);
      await stack.set("imageTag", "latest");
      await stack.set("pullCheck", "false");
      const levels = configured(stack, { "images-pinned": "advisory", "pull-check-on": "mandatory" });
      const { server } = session().cluster.registry;
      assert.deepEqual(reported(failed(await stack.preview(...levels))), [
        `[advisory] images-pinned (kubernetes:helm.sh/v3:Release: fleet): values.imageRepository of Release "fleet" is "${server}/fleetdm/fleet:latest", whose tag moves; ${pinned}`,
        `[mandatory] passwords-only-in-secrets (kubernetes:helm.sh/v3:Release: fleet): Release "fleet" holds the password for "${server}" of Secret "fleet-${secretNameSlug(server)}" in values.environments.REGISTRY_LOGIN (base64); take it out, and name a Secret there instead`,
        `[mandatory] pull-check-on (fleet:index:Fleet: fleet): Fleet "fleet" has no pull check, so a wrong password is found only by the pods that need it; switch it on: pulumi config set pullCheck true`,
      ]);
    });
  });

  describe("on a stack that another program makes", () => {
    const folder = path.join(stateDir, "test", "policy-fixture");
    const namespace = "test-policy-fixture";
    let stack: Stack;

    const breaking = (...rules: string[]) => stack.edit((config) => (config["policy-fixture:break"] = rules));

    before(async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.mkdirSync(folder, { recursive: true });
      stack = new Stack({
        name: "policy",
        folder,
        tools: session().tools,
        env: session().env,
        passphrase: "test",
        project: path.join(checkout, "test", "fixtures", "policy"),
      });
      const config = {
        "kubernetes:kubeconfig": session().cluster.kubeconfig,
        "kubernetes:context": session().cluster.context,
        "policy-fixture:chart": path.join(checkout, "test", "fixtures", "charts", "fleet"),
        "policy-fixture:namespace": namespace,
      };
      await stack.init(yaml.stringify({ config }));
      await stack.set("password", "correct-horse", true);
    });

    it("reports every rule at the level that its configuration says, and no secret", async () => {
      breaking("namespace", "type", "mutable", "latest", "value", "input", "unchecked", "tagless");
      const settings = { registries: ["registry.example.com/team", "a b"] };
      const output = succeeded(
        await stack.preview(...configured(stack, { all: "advisory", "registries-allowed": settings })),
      );
      const job = "kubernetes:batch/v1:Job: job";
      const release = "kubernetes:helm.sh/v3:Release: app";
      const secret = "kubernetes:core/v1:Secret: registry";
      const fleet = "fleet:index:Fleet: fleet";
      const image = "spec.template.spec.containers[0].image";
      const holds = `holds the password for "registry.example.com" of Secret "registry" in`;
      assert.deepEqual(reported(output), [
        `[advisory] images-pinned (${job}): ${image} of Job "job" is "public.example.com/team/check" without a tag; ${pinned}`,
        `[advisory] images-pinned (${release}): values.imageRepository of Release "app" is "registry.example.com/team/app:latest", whose tag moves; ${pinned}`,
        `[advisory] passwords-only-in-secrets (${fleet}): Fleet "fleet" ${holds} registry.password (plain); take it out, and name a Secret there instead`,
        `[advisory] passwords-only-in-secrets (${release}): Release "app" ${holds} values.environments.REGISTRY_LOGIN (base64); take it out, and name a Secret there instead`,
        `[advisory] pull-check-on (${fleet}): Fleet "fleet" has no pull check, so a wrong password is found only by the pods that need it; switch it on: pulumi config set pullCheck true`,
        `[advisory] pull-secrets-immutable (${secret}): Secret "registry" is a pull Secret of the type "Opaque"; make it anew as kubernetes.io/dockerconfigjson`,
        `[advisory] pull-secrets-immutable (${secret}): Secret "registry" is a pull Secret that can be changed in place, which acts on running pods before any preview; set immutable: true and let Pulumi name it`,
        `[advisory] pull-secrets-listed (${secret}): Secret "registry" is in the namespace "elsewhere", where this stack has no Helm release; put it into "${namespace}", since a pull Secret serves its own namespace only`,
        `[advisory] registries-allowed (${job}): ${image} of Job "job" is "public.example.com/team/check" from public.example.com, which is not allowed; take it from "registry.example.com/team" or "a b", or add its registry to the setting "registries" of this policy`,
        `[advisory] registries-allowed (pulumi:pulumi:Stack: policy-fixture-policy): registries[1] of the policy registries-allowed contains white space; remove it`,
      ]);
      assert.ok(!output.includes("correct-horse"));
    });

    it("says what a preview does not know, and does not refuse it", async () => {
      breaking("unknown name");
      assert.deepEqual(reported(succeeded(await stack.preview(...pack))), [
        `[advisory] pull-secrets-listed (pulumi:pulumi:Stack: policy-fixture-policy): can't run policy 'pull-secrets-listed' from policy pack 'fleet-private-registry@v0.1.0' during preview: values.imagePullSecrets of Release "app" can't be known before pulumi up, which checks it then`,
      ]);
    });

    it("refuses what is wrong whatever the unknown will be", async () => {
      breaking("unknown name", "unlisted", "no pull Secret");
      assert.deepEqual(reported(failed(await stack.preview(...pack))), [
        `[mandatory] pull-secrets-immutable (kubernetes:core/v1:Secret: empty): Secret "empty" is listed by Release "app" but has the type "Opaque", which the kubelet passes over; make it anew as kubernetes.io/dockerconfigjson`,
        `[mandatory] pull-secrets-listed (kubernetes:helm.sh/v3:Release: app): Release "app" does not list Secret "registry", so its pods pull without it; add {name: …} with its metadata.name to values.imagePullSecrets`,
      ]);
    });

    it("stops an up without a preview before the Secret is made, and asks nothing of a rule that is switched off", async () => {
      breaking("mutable", "latest");
      await runKubectl(session(), ["create", "namespace", namespace]);
      try {
        const off = configured(stack, { "images-pinned": "disabled" });
        const rules = reported(failed(await stack.up(...off))).map((line) => line.split(" (")[0]);
        assert.deepEqual(rules, ["[mandatory] pull-secrets-immutable"]);
        const found = await runKubectl(session(), ["get", "secrets", "--namespace", namespace, "-o", "json"]);
        const { items } = JSON.parse(found) as { items: KubernetesObject[] };
        assert.deepEqual(
          items.map(({ metadata }) => metadata.name).filter((name) => !name.startsWith("empty-")),
          [],
        );
        succeeded(await stack.destroy());
      } finally {
        await runKubectl(session(), ["delete", "namespace", namespace]);
      }
    });
  });
});
