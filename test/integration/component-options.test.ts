import { strict as assert } from "node:assert";
import { setRegistryUser } from "../../local/cluster";
import { runKubectl } from "../../local/session";
import type { Stack } from "../../local/stack";
import type { KubernetesObject } from "../support/objects";
import { otherProgram, type OtherProgram } from "../support/other-program";
import { session } from "../support/session";
import { succeeded } from "../support/test-stack";

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly protect?: boolean;
  readonly provider?: string;
  readonly dependencies?: readonly string[];
}

/** The component in a program of somebody else's, who uses every option, in the engine. */
describe("a component with options of its caller", function () {
  this.timeout("4m");
  const name = "component-options";
  const namespace = `test-${name}`;
  let stack: Stack;
  let program: OtherProgram;

  before(async () => {
    program = await otherProgram(name, "library", ({ kubeconfig }) => ({
      kubeconfig,
      name: "fleet",
      protect: true,
      mutable: true,
    }));
    ({ stack } = program);
  });

  after(async () => {
    stack.edit((config) => (config["library:protect"] = false));
    succeeded(await stack.up());
    succeeded(await stack.destroy());
    await program.remove();
  });

  const children = async (): Promise<readonly StateResource[]> => {
    const text = succeeded(await stack.tryPulumi(["stack", "export", "--stack", name]));
    const { deployment } = JSON.parse(text) as { deployment: { resources: StateResource[] } };
    return deployment.resources.filter(({ urn, custom }) => custom && urn.includes("fleet:index:Fleet$"));
  };
  const secretNames = async () => {
    const { items } = JSON.parse(await runKubectl(session(), ["get", "secrets", "-n", namespace, "-o", "json"])) as {
      items: KubernetesObject[];
    };
    return items.map(({ metadata }) => metadata.name).filter((one) => !one.startsWith("sh.helm."));
  };
  const idOf = ({ urn }: StateResource) => urn.split(/[:$]/).slice(-3).join(" ");

  it("hands them on to each child as they are meant", async () => {
    succeeded(await stack.up());
    const found = await children();
    assert.deepEqual(
      found.map(idOf).sort(),
      [
        "Job  fleet-pull-check",
        "Namespace  fleet",
        "Release  fleet",
        "Secret  fleet-database",
        `Secret  ${found
          .map(idOf)
          .find((id) => /Secret {2}fleet-\d/.test(id))
          ?.slice(8)}`,
        "Secret  fleet-private-key",
      ].sort(),
    );
    for (const child of found) {
      assert.match(child.provider ?? "", /pulumi:providers:kubernetes::own::/, child.urn);
      assert.ok(
        child.dependencies?.some((urn) => urn.endsWith("ConfigMap::before")),
        child.urn,
      );
      assert.equal(child.protect ?? false, /^(Namespace|Release) /.test(idOf(child)), child.urn);
    }
    const labelled = await runKubectl(session(), [
      "get",
      "secrets,jobs",
      "-n",
      namespace,
      "-l",
      "owner=it",
      "-o",
      "json",
    ]);
    const { items } = JSON.parse(labelled) as { items: KubernetesObject[] };
    assert.equal(items.length, 4);
  });

  it("lets a rotation replace the pull Secret and the check, although all is protected", async () => {
    const before = await stack.outputs();
    await setRegistryUser(program.username, "two");
    await stack.set("password", "two", true);
    succeeded(await stack.up());
    assert.notDeepEqual((await stack.outputs()).pullSecretNames, before.pullSecretNames);
  });

  it("makes Secrets immutable in place that were not, and rolls nothing", async () => {
    stack.edit((config) => delete config["library:mutable"]);
    const { steps } = JSON.parse(succeeded(await stack.preview("--json"))) as {
      steps: { op: string; urn: string }[];
    };
    assert.deepEqual(
      steps
        .filter(({ op }) => op !== "same")
        .map(({ op, urn }) => `${op} ${urn.split("::").pop()}`)
        .sort(),
      ["update fleet-database", "update fleet-private-key"],
    );
    const podsOf = async () => {
      const args = ["get", "pods", "-n", namespace, "-l", "app=fleet", "-o", "name"];
      return (await runKubectl(session(), args)).split("\n").sort();
    };
    const [secrets, pods] = [await secretNames(), await podsOf()];
    succeeded(await stack.up());
    assert.deepEqual([await secretNames(), await podsOf()], [secrets, pods]);
  });

  it("lets it have another name, where an alias tells of the one before", async () => {
    stack.edit((config) => (config["library:name"] = "server"));
    const preview = succeeded(await stack.preview("--json"));
    const { steps } = JSON.parse(preview) as { steps: { op: string; urn: string }[] };
    assert.deepEqual(
      steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn}`),
      [],
    );
    stack.edit((config) => (config["library:name"] = "fleet"));
  });
});
