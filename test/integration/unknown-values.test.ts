import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { runKubectl } from "../../local/session";
import { Stack } from "../../local/stack";
import { checkout, stateDir } from "../../local/support/paths";
import { chart } from "../support/chart";
import { databasePassword, externalDatastores } from "../support/external-datastores";
import { session } from "../support/session";
import { succeeded } from "../support/test-stack";

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly outputs?: Readonly<Record<string, unknown>> };
}

/** A program whose kubeconfig, namespace and password are outputs of what it makes itself, in the engine. */
describe("values that a preview cannot know", function () {
  this.timeout("4m");
  const name = "unknown-values";
  const namespace = `test-${name}`;
  const username = `puller-${name}`;
  const folder = path.join(stateDir, "test", name);
  let stack: Stack;
  let datastores: Awaited<ReturnType<typeof externalDatastores>>;

  before(async () => {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    await runKubectl(session(), ["delete", "namespace", namespace, "--ignore-not-found"]);
    datastores = await externalDatastores(name);
    await setRegistryUser(username, "one");
    const { tools, env, cluster } = session();
    const { server } = cluster.registry;
    const project = path.join(checkout, "test", "fixtures", name);
    stack = new Stack({ name, folder, tools, env, passphrase: "test", project });
    const args = {
      namespace,
      imageRepository: `${server}/fleetdm/fleet`,
      imageTag: "v4.85.0",
      registries: { [server]: { username } },
      replicas: 1,
      chart: path.resolve(checkout, await chart()),
      database: { ...(datastores.config["fleet:database"] as object), password: databasePassword },
      cache: datastores.config["fleet:cache"],
    };
    const kubeconfig = await runKubectl(session(), ["config", "view", "--raw", "--minify", "--flatten"]);
    const config = {
      "pulumi:disable-default-providers": ["kubernetes"],
      "unknown-values:kubeconfig": kubeconfig,
      "unknown-values:context": cluster.context,
      "unknown-values:server": server,
      "unknown-values:args": args,
    };
    await stack.init(yaml.stringify({ config }));
    await stack.set("password", "one", true);
    await stack.set("privateKey", "0123456789abcdef0123456789abcdef", true);
  });

  after(async () => {
    succeeded(await stack.destroy());
    await datastores.remove();
    await removeRegistryUser(username);
  });

  const steps = async (): Promise<readonly Step[]> =>
    (JSON.parse(succeeded(await stack.preview("--json"))) as { steps: Step[] }).steps;
  /** What changes, `replace` for the three steps of one. */
  const plan = async () =>
    (await steps())
      .filter(({ op }) => !["same", "read", "create-replacement", "delete-replaced"].includes(op))
      // What the engine shows of the provider itself changes nothing that runs.
      .filter(({ urn }) => !urn.includes("pulumi:providers:"))
      .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ").split(/[$:]/).pop()}`)
      .sort();
  const pullSecret = () => `Secret fleet-${session().cluster.registry.server.replaceAll(/[^a-z0-9]+/g, "-")}`;

  it("previews a first deploy whole, to the program's end", async () => {
    assert.deepEqual(
      await plan(),
      [
        "create ConfigMap last",
        "create Fleet fleet",
        "create Datastores fleet",
        "create ImagePullCheck fleet-pull-check",
        "create ImagePullSecrets fleet",
        "create Job fleet-pull-check",
        "create Namespace fleet",
        "create RandomPassword kubeconfig",
        "create RandomPassword namespace",
        "create RandomPassword password",
        "create Release fleet",
        "create Secret fleet-database",
        "create Secret fleet-private-key",
        "create Stack unknown-values-unknown-values",
        `create ${pullSecret()}`,
      ].sort(),
    );
    assert.match(succeeded(await stack.preview()), /end +: "reached"/);
  });

  it("makes all of it", async () => {
    succeeded(await stack.up());
    const { uid, end, errors } = await stack.outputs();
    assert.match(String(uid), /^[0-9a-f-]{36}$/);
    assert.deepEqual([end, errors], ["reached", []]);
    succeeded(await stack.preview("--expect-no-changes"));
  });

  it("previews an unknown password as a rotation of its Secret, and nothing else as one", async () => {
    await stack.set("passwordGeneration", "2");
    assert.deepEqual(
      await plan(),
      [
        "replace Job fleet-pull-check",
        "replace RandomPassword password",
        `replace ${pullSecret()}`,
        "update Release fleet",
      ].sort(),
    );
    await setRegistryUser(username, "two");
    await stack.set("password", "two", true);
    const before = await stack.outputs();
    succeeded(await stack.up());
    assert.notDeepEqual((await stack.outputs()).pullSecretNames, before.pullSecretNames);
  });

  it("previews to the end where the cluster of an existing Secret is unknown again", async () => {
    const { server } = session().cluster.registry;
    await runKubectl(
      session(),
      ["create", "-f", "-"],
      JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "team", namespace },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": JSON.stringify({ auths: { [server]: { username, password: "two" } } }) },
      }),
    );
    stack.edit((config) => (config["unknown-values:existing"] = ["team"]));
    await stack.set("kubeconfigGeneration", "2");
    const text = succeeded(await stack.preview());
    assert.match(text, /Release/);
    succeeded(await stack.up());
    const pods = await runKubectl(session(), ["get", "pods", "-n", namespace, "-l", "app=fleet", "-o", "yaml"]);
    assert.match(pods, /image-pull-secrets\/revisions: team=\d+/);
    succeeded(await stack.preview("--expect-no-changes"));
  });
});
