import { strict as assert } from "node:assert";
import { runKubectl, tryKubectl } from "../../local/session";
import { eventually } from "../support/eventually";
import { fleetPods, type KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

/** What a refusal names, as `type name`: all of it, with Pulumi's words. */
function refused(output: string): string[] {
  const found = output.matchAll(/resource "urn:[^"]*\$([^"$]+)::([^"]+)" cannot be deleted\s+because it is protected/g);
  return [...new Set([...found].map(([, type = "", name = ""]) => `${type} ${name}`))];
}

describe("destroy of a stack that is protected", function () {
  this.timeout("5m");
  let stack: TestStack;

  const running = async () => ({
    pods: await fleetPods(stack),
    secrets: (await stack.objects<KubernetesObject>("secrets")).map(({ metadata }) => metadata.name).sort(),
    ...(await stack.outputs()),
  });

  before(async () => {
    // Protected as every stack is that says nothing of it.
    stack = await TestStack.create("protected", "good", {
      "fleet:protect": undefined,
      "fleet:vulnProcessing": undefined,
    });
    await stack.deploy();
  });
  after(async () => {
    await stack.set("protect", "false");
    await stack.deploy();
    await stack.remove();
  });

  it("is refused by a preview, and before anything is gone without one", async () => {
    const before = await running();
    const previewed = await stack.tryPulumi(["destroy", "--preview-only", "--color=never", ...stack.where]);
    for (const output of [failed(previewed), failed(await stack.destroy())]) {
      assert.deepEqual(refused(output), ["kubernetes:helm.sh/v3:Release fleet"], output);
    }
    assert.deepEqual(await running(), before);
  });

  it("is refused where a change of the configuration would delete data", async () => {
    const before = await running();
    await stack.set("createNamespace", "false");
    assert.deepEqual(refused(failed(await stack.preview())), ["kubernetes:core/v1:Namespace fleet"]);
    assert.deepEqual(refused(failed(await stack.up())), ["kubernetes:core/v1:Namespace fleet"]);
    await stack.set("createNamespace", "true");

    stack.edit((config) => (config["fleet:database"] = { address: "mysql.example.com:3306", secretName: "mysql" }));
    assert.deepEqual(refused(failed(await stack.preview())), ["kubernetes:apps/v1:StatefulSet fleet-mysql"]);
    stack.edit((config) => delete config["fleet:database"]);
    assert.deepEqual(await running(), before);
    assert.deepEqual(await stack.plan(), []);
  });

  it("is meant with protect off and an up, which changes nothing in the cluster", async () => {
    const before = await running();
    await stack.set("protect", "false");
    await stack.deploy();
    assert.deepEqual(await running(), before);
    succeeded(await stack.destroy());
    const { stdout } = await tryKubectl(session(), ["get", "namespace", stack.namespace, "--ignore-not-found"]);
    assert.equal(stdout, "");
  });
});

describe("destroy in a namespace that is kept", function () {
  this.timeout("5m");
  let stack: TestStack;

  /** Everything in the namespace but events, of whatever kind: `Kind/name`. */
  const left = async () => {
    const kinds = await runKubectl(session(), ["api-resources", "--namespaced", "--verbs=list", "--output=name"]);
    const names = kinds
      .trim()
      .split("\n")
      .filter((kind) => !/^events(\.|$)/.test(kind));
    const objects = await stack.objects<KubernetesObject>(names.join());
    return [...new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`))].sort();
  };
  const always = ["ConfigMap/kube-root-ca.crt", "ServiceAccount/default"];
  const hooks = ["Role/fleet", "RoleBinding/fleet", "ServiceAccount/fleet"];

  before(async () => {
    stack = await TestStack.create("kept", "good", {
      "fleet:createNamespace": false,
      "fleet:vulnProcessing": undefined,
    });
    succeeded(await stack.kubectl(["create", "namespace", stack.namespace]));
  });
  after(() => stack.remove());

  it("leaves the objects of the chart's hooks and MySQL's volume", async () => {
    await stack.deploy();
    succeeded(await stack.destroy());
    // Fleet's pods serve on for a while.
    await eventually(async () =>
      assert.deepEqual(await left(), [...always, ...hooks, "PersistentVolumeClaim/data-fleet-mysql-0"].sort()),
    );
  });

  it("leaves the migration Job besides, after a first install that failed", async () => {
    succeeded(await stack.kubectl(["delete", "pvc", "data-fleet-mysql-0"]));
    await stack.set("pullCheck", "false");
    await stack.set("imageTag", "v4.99.0");
    await stack.set("releaseTimeoutSeconds", "15");
    failed(await stack.up());
    succeeded(await stack.destroy());
    const [pod] = await stack.objects<KubernetesObject>("pods");
    assert.match(pod?.metadata.name ?? "", /^fleet-migration-/);
    assert.deepEqual(
      await left(),
      [
        ...always,
        ...hooks,
        "Job/fleet-migration",
        "PersistentVolumeClaim/data-fleet-mysql-0",
        `Pod/${pod?.metadata.name}`,
      ].sort(),
    );
  });
});
