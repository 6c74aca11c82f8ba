import { strict as assert } from "node:assert";
import { externalDatastores } from "../support/external-datastores";
import { adopting, helm, installWithHelm, keepServing, recordUpgradeInTheMiddle } from "../support/helm-installation";
import { failedOf, Load } from "../support/load";
import { fleetUrl, livingPods, pullSecrets, type KubernetesObject } from "../support/objects";
import { needsKubernetesPlugin } from "../support/needs-plugin";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

const namespace = "test-adopt";
const mysql = "mysql.external-adopt.svc:3306";
const otherwise = "if there is none, run `pulumi config set adopt false`";

/** The lines of a preview that failed, under the heading of the resource at fault. */
const diagnostics = (output: string) => output.replace(/^[^]*\nDiagnostics:\n/, "");

describe("adoption of what runs", function () {
  this.timeout("5m");
  let stack: TestStack;
  let datastores: Awaited<ReturnType<typeof externalDatastores>>;
  let client: Load | undefined;

  const namespaceNow = async () => {
    const { stdout } = await stack.kubectl(["get", "namespace", namespace, "-o", "json"]);
    const { metadata } = JSON.parse(stdout) as KubernetesObject;
    return { uid: metadata.uid, labels: metadata.labels, annotations: metadata.annotations };
  };

  before(async () => {
    datastores = await externalDatastores("adopt");
    stack = await TestStack.create("adopt", "first password", {
      ...datastores.config,
      ...adopting,
      "fleet:database": { address: mysql, secretName: "mysql" },
      "fleet:registries": undefined,
      "fleet:imagePullSecrets": ["team-registry"],
    });
  });
  after(async () => {
    await client?.stop();
    await stack.remove();
    await datastores.remove();
  });

  it("says at preview that there is no namespace", async () => {
    const heading = `kubernetes:core/v1:Namespace (fleet:adopt takes over the namespace ${namespace}; ${otherwise}):`;
    const error = `    error: Preview failed: resource '${namespace}' does not exist`;
    assert.ok(diagnostics(failed(await stack.preview())).includes(`  ${heading}\n${error}\n`));
  });

  it("says at preview that there is no release", async () => {
    succeeded(await stack.kubectl(["create", "namespace", namespace]));
    const release = `the Helm release fleet in the namespace ${namespace}`;
    const heading = `kubernetes:helm.sh/v3:Release (fleet:adopt takes over ${release}; ${otherwise} and \`pulumi config set createNamespace false\`):`;
    const error = `    error: Preview failed: resource '${namespace}/fleet' does not exist`;
    assert.ok(diagnostics(failed(await stack.preview())).includes(`  ${heading}\n${error}\n`));
  });

  it("refuses at preview a release that a killed Helm left behind, with the command that ends it", async () => {
    await installWithHelm(stack, "first password", { mysql, valkey: "valkey.external-adopt.svc:6379" });
    await recordUpgradeInTheMiddle(stack);
    const end = `kubectl -n ${namespace} delete secret -l owner=helm,name=fleet,status=pending-upgrade`;
    const told = `fleet:adopt found the release ${namespace}/fleet, which is pending-upgrade; unless Helm is still at it, end it with \`${end}\``;
    assert.ok(failed(await stack.preview()).includes(told));
    succeeded(await stack.kubectl(end.split(" ").slice(1)));
  });

  it("previews what it imports and what it changes, and nothing that it makes anew or takes away", async () => {
    await keepServing(stack);
    assert.deepEqual(await stack.plan(), [
      "create fleet:index:Datastores fleet",
      "create fleet:index:Fleet fleet",
      "create fleet:index:ImagePullCheck fleet-pull-check",
      "create fleet:index:ImagePullSecrets fleet",
      "create kubernetes:batch/v1:Job fleet-pull-check",
      "create pulumi:pulumi:Stack fleet-adopt",
      "import kubernetes:core/v1:Namespace fleet",
      "import kubernetes:helm.sh/v3:Release fleet",
      "update kubernetes:helm.sh/v3:Release fleet",
    ]);
  });

  it("takes it over with one up, goes on with the same Secrets, and leaves an empty preview", async () => {
    const before = await namespaceNow();
    client = Load.start({ url: await fleetUrl(stack), rate: 20, connections: "new" });
    await stack.deploy();
    assert.equal((await stack.outputs()).releaseRevision, 2);
    assert.deepEqual(await namespaceNow(), before);
    assert.equal(before.labels?.team, "it");
    for (const { metadata, spec } of await livingPods(stack, "--selector=app=fleet")) {
      assert.deepEqual(spec.imagePullSecrets, [{ name: "team-registry" }], metadata.name);
    }
    succeeded(await stack.preview("--expect-no-changes"));
    assert.deepEqual(await stack.plan("--refresh"), []);
  });

  it("keeps the values that the stack states", async () => {
    const values = JSON.parse(await helm(stack, "get", "values", "fleet", "--output", "json")) as Record<
      string,
      unknown
    >;
    assert.deepEqual(values.resources, { requests: { cpu: "50m", memory: "32Mi" } });
    assert.equal((values.environments as Record<string, unknown>).FLEET_LOGGING_TRACING_ENABLED, "false");
    assert.equal(values.replicas, 2);
  });

  it("takes the chart's own, empty private key out of the values", async function () {
    needsKubernetesPlugin(this, "4.30"); // before, a null among values is dropped, and the variable stands twice
    const values = await helm(stack, "get", "values", "fleet", "--output", "json");
    assert.match(values, /"FLEET_SERVER_PRIVATE_KEY":null/);
  });

  it("replaces the pull Secret by one of the stack's own, rotates it, and fails no request all the while", async () => {
    const { server } = session().cluster.registry;
    stack.edit((config) => {
      delete config["fleet:imagePullSecrets"];
      config["fleet:registries"] = { [server]: { username: stack.username } };
    });
    for (const password of ["first password", "second password"]) {
      await stack.accept(password);
      await stack.setPassword(password);
      await stack.deploy();
    }
    const counts = await client?.counts();
    assert.ok(counts !== undefined && counts.requests > 200, `${counts?.requests} requests`);
    assert.equal(failedOf(counts), 0, JSON.stringify(counts.failures));

    const made = (await pullSecrets(stack))
      .map(({ metadata }) => metadata.name)
      .filter((name) => name !== "team-registry");
    assert.equal(made.length, 1);
    for (const { metadata, spec } of await livingPods(stack, "--selector=app=fleet")) {
      assert.deepEqual(spec.imagePullSecrets, [{ name: made[0] }], metadata.name);
    }
    assert.deepEqual(await stack.plan(), []);
  });

  it("never deletes the namespace with the stack, nor what the stack did not make", async () => {
    const before = await namespaceNow();
    succeeded(await stack.destroy());
    assert.deepEqual(await namespaceNow(), before);
    const secrets = await stack.objects<KubernetesObject>("secrets");
    assert.deepEqual(secrets.map(({ metadata }) => metadata.name).sort(), ["fleet-key", "mysql", "team-registry"]);
    assert.deepEqual(await stack.objects("deployments"), []);
  });
});
