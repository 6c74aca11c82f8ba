import { strict as assert } from "node:assert";
import { explainStack } from "../../commands/explain/explain-stack";
import { foundText } from "../../commands/coverage";
import { nodeName } from "../../local/cluster/places";
import { runKubectl } from "../../local/session";
import { findHelm, findKubectl } from "../../local/toolchain/kubernetes-clients";
import { jobs, type Pod } from "../support/objects";
import { forgetInContainerd, trustInContainerd } from "../support/registry-on-host";
import { RegistryProxy } from "../support/registry-proxy";
import { needsRealNode, session } from "../support/session";
import { SimulatedNode, simulatedTaint } from "../support/simulated-node";
import { failed, TestStack } from "../support/test-stack";

/** Its pods, and its migration, would be said to run on a simulated node. */
const withoutFleet = ["--exclude", "**Release::fleet"];

const checkPods = "--selector=app.kubernetes.io/component=image-pull-check";

describe("a pull check on three nodes", function () {
  this.timeout("4m");
  const simulated = [new SimulatedNode("simulated-1"), new SimulatedNode("simulated-2")] as const;
  const [second, third] = simulated;
  const all = [nodeName, second.name, third.name];
  let stack: TestStack;

  let registry: RegistryProxy;
  let rotations = 0;

  before(async function () {
    needsRealNode(this, "a pull check on several nodes");
    for (const node of simulated) await node.start();
    registry = await RegistryProxy.start();
    stack = await TestStack.create("nodes", "good", {
      "fleet:pullCheckNodes": 3,
      "fleet:pullCheckDeadlineSeconds": 30,
      "fleet:imageRepository": `${registry.server}/fleetdm/fleet`,
      "fleet:registries": undefined,
      "fleet:database": { address: "mysql.example.com:3306", secretName: "mysql" },
      "fleet:cache": { address: "redis.example.com:6379" },
      // Pods of other tests stay away from the simulated nodes.
      "fleet:values": { tolerations: [{ key: simulatedTaint.key, operator: "Exists" }] },
    });
    stack.edit((config) => (config["fleet:registries"] = { [registry.server]: { username: stack.username } }));
    await rotate();
  });
  after(async () => {
    await stack.remove();
    await registry.remove();
    for (const node of simulated) await node.stop();
  });

  async function rotate(): Promise<void> {
    const password = `good-${++rotations}`;
    await stack.accept(password);
    await stack.set(`registryPasswords["${registry.server}"]`, password, true);
  }

  /** On which nodes the check that passed last has pulled. */
  async function checkedNodes(): Promise<readonly unknown[]> {
    const pods = await stack.objects<Pod & { readonly spec: { readonly nodeName?: string } }>("pods", checkPods);
    assert.deepEqual([...new Set(pods.map(({ status }) => status.phase))], ["Succeeded"]);
    return pods.map(({ spec }) => spec.nodeName).sort();
  }

  async function explained() {
    const { problems, warnings } = await explainStack(
      { findHelm, findKubectl },
      { stack: stack.name, configFile: stack.configFile },
    );
    return { problems: problems.map(foundText), warnings: warnings.map(foundText) };
  }

  async function refusal(): Promise<string> {
    await rotate();
    const output = failed(await stack.up(...withoutFleet));
    assert.match(output, /\[DeadlineExceeded\]/);
    return output;
  }

  it("pulls on each of them", async () => {
    await stack.deploy(...withoutFleet);
    assert.deepEqual(await checkedNodes(), all);
    assert.deepEqual(await stack.plan(...withoutFleet), []);
    assert.deepEqual(await explained(), { problems: [], warnings: [] });
    await rotate();
    await stack.deploy(...withoutFleet);
    assert.deepEqual(await checkedNodes(), all);
  });

  it("refuses where one of them is cordoned, and the two others pull", async () => {
    await runKubectl(session(), ["cordon", second.name]);
    try {
      assert.deepEqual(await explained(), {
        problems: [
          `fleet:pullCheckNodes is 3, and the pull check can run on 2 of the nodes (${nodeName}, ${third.name}): ${second.name} is cordoned; add nodes, or set a smaller number: pulumi config set pullCheckNodes 2`,
        ],
        warnings: [],
      });
      assert.doesNotMatch(await refusal(), /ErrImagePull/);
    } finally {
      await runKubectl(session(), ["uncordon", second.name]);
    }
  });

  it("refuses where one of them does not trust the registry, and names it", async () => {
    forgetInContainerd(registry.server);
    try {
      assert.match(await refusal(), /x509: certificate signed by unknown authority/);
    } finally {
      trustInContainerd(registry.server, registry.authority);
    }
    const { problems, warnings } = await explained();
    assert.deepEqual(problems, []);
    const [warning = "", ...others] = warnings;
    assert.deepEqual(others, []);
    const start = `the node ${nodeName} could not pull ${registry.server}/fleetdm/fleet:v4.85.0 in the last pull check: `;
    assert.equal(warning.slice(0, start.length), start);
    assert.match(warning, /x509: certificate signed by unknown authority/);
  });

  it("goes on once every node pulls, and leaves nothing of what was refused", async () => {
    await stack.deploy(...withoutFleet);
    assert.deepEqual(await checkedNodes(), all);
    assert.deepEqual((await explained()).warnings, []);
    assert.equal((await jobs(stack)).length, 1);
  });
});
