import { strict as assert } from "node:assert";
import { explainStack } from "../../commands/explain/explain-stack";
import { foundText } from "../../commands/coverage";
import { nodeName } from "../../local/cluster/places";
import { runKubectl } from "../../local/session";
import { findHelm, findKubectl } from "../../local/toolchain/kubernetes-clients";
import { assertFleetAnswers, fleetPods, jobs, type Pod } from "../support/objects";
import { forgetInContainerd, trustInContainerd } from "../support/registry-on-host";
import { RegistryProxy } from "../support/registry-proxy";
import { needsRealNode, session } from "../support/session";
import { SimulatedNode, simulatedTaint } from "../support/simulated-node";
import { failed, TestStack } from "../support/test-stack";

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
    const onRealNode = {
      matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [nodeName] }],
    };
    stack = await TestStack.createWithDatastores("nodes", "good", {
      "fleet:pullCheckNodes": 3,
      "fleet:pullCheckDeadlineSeconds": 30,
      "fleet:imageRepository": `${registry.server}/fleetdm/fleet`,
      "fleet:registries": undefined,
      "fleet:vulnProcessing": undefined,
      // Pods of other tests stay away from the simulated nodes, and Fleet's own would serve nothing there.
      "fleet:values": {
        tolerations: [{ key: simulatedTaint.key, operator: "Exists" }],
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: onRealNode }],
          },
        },
      },
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

  /** `up`, which the check refuses and which nothing that runs notices. */
  async function refusal(): Promise<string> {
    await rotate();
    const pods = await fleetPods(stack);
    const output = failed(await stack.up());
    assert.match(output, /\[DeadlineExceeded\]/);
    assert.equal(await fleetPods(stack), pods);
    await assertFleetAnswers(stack);
    return output;
  }

  it("pulls on each of them, and has a Job for each", async () => {
    await stack.deploy();
    assert.deepEqual(await checkedNodes(), all);
    assert.deepEqual(await stack.plan(), []);
    assert.deepEqual(await explained(), { problems: [], warnings: [] });
    assert.match(
      failed(await stack.preview("--parallel", "1")),
      /fleet:pullCheckNodes is 3, and its Jobs have to be made at once, but --parallel is 1; run pulumi with --parallel 3\n/,
    );
    await rotate();
    const job = "kubernetes:batch/v1:Job fleet-pull-check";
    assert.deepEqual(
      (await stack.plan()).filter((line) => line.includes("Job")),
      ["", "-2", "-3"].map((suffix) => `replace ${job}${suffix}`),
    );
    await stack.deploy();
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
    await stack.deploy();
    assert.deepEqual(await checkedNodes(), all);
    assert.deepEqual((await explained()).warnings, []);
    const names = (await jobs(stack)).map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, "")).sort();
    assert.deepEqual(names, ["fleet-pull-check", "fleet-pull-check-2", "fleet-pull-check-3"]);
  });
});
