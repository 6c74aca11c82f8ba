import { strict as assert } from "node:assert";
import { setRegistryUser } from "../../local/cluster";
import { runKubectl } from "../../local/session";
import type { Stack } from "../../local/stack";
import { otherProgram, type OtherProgram } from "../support/other-program";
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
  let stack: Stack;
  let program: OtherProgram;

  before(async () => {
    program = await otherProgram(name, name, async () => ({
      kubeconfig: await runKubectl(session(), ["config", "view", "--raw", "--minify", "--flatten"]),
    }));
    ({ stack } = program);
  });

  after(async () => {
    succeeded(await stack.destroy());
    await program.remove();
  });

  const steps = async (): Promise<readonly Step[]> =>
    (JSON.parse(succeeded(await stack.preview("--json"))) as { steps: Step[] }).steps;
  /** What changes, `replace` for the three steps of one. */
  const plan = async () =>
    (await steps())
      .filter(({ op }) => !["same", "read", "create-replacement", "delete-replaced"].includes(op))
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
        "create kubernetes made",
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
    await setRegistryUser(program.username, "two");
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
        stringData: {
          ".dockerconfigjson": JSON.stringify({ auths: { [server]: { username: program.username, password: "two" } } }),
        },
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
