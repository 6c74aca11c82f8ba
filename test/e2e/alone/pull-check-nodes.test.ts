import { strict as assert } from "node:assert";
import { explainStack } from "../../../commands/explain/explain-stack";
import { foundText } from "../../../commands/coverage";
import { nodeName } from "../../../local/cluster/places";
import { runKubectl } from "../../../local/session";
import { findHelm, findKubectl } from "../../../local/toolchain/kubernetes-clients";
import { assertFleetAnswers, fleetPods, jobs, type Pod } from "../../support/objects";
import { distrustInContainerd } from "../../support/registry-on-host";
import { session } from "../../support/session";
import { SimulatedNode } from "../../support/simulated-node";
import { failed, TestStack } from "../../support/test-stack";

const checkPods = "--selector=app.kubernetes.io/component=image-pull-check";

describe("a pull check on two nodes", function () {
  this.timeout("4m");
  const simulated = new SimulatedNode("simulated-1");
  let stack: TestStack;

  before(async () => {
    await simulated.start();
    stack = await TestStack.createWithDatastores("nodes", "good", {
      "fleet:pullCheckNodes": 2,
      "fleet:pullCheckDeadlineSeconds": 30,
    });
  });
  after(async () => {
    await stack.remove();
    await simulated.stop();
  });

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
    await stack.rotate();
    const pods = await fleetPods(stack);
    const output = failed(await stack.up());
    assert.match(output, /\[DeadlineExceeded\]/);
    assert.equal(await fleetPods(stack), pods);
    await assertFleetAnswers(stack);
    return output;
  }

  it("pulls on each of them, and has a Job for each", async () => {
    await stack.deploy();
    assert.deepEqual(await checkedNodes(), [nodeName, simulated.name]);
    assert.deepEqual(await stack.plan(), []);
    assert.deepEqual(await explained(), { problems: [], warnings: [] });
    assert.match(
      failed(await stack.preview("--parallel", "1")),
      /fleet:pullCheckNodes is 2, and its Jobs have to be made at once, but --parallel is 1; run pulumi with --parallel 2\n/,
    );
    await stack.rotate();
    const job = "kubernetes:batch/v1:Job fleet-pull-check";
    assert.deepEqual(
      (await stack.plan()).filter((line) => line.includes("Job")),
      [`replace ${job}`, `replace ${job}-2`],
    );
    await stack.deploy();
    assert.deepEqual(await checkedNodes(), [nodeName, simulated.name]);
  });

  it("refuses where one of them is cordoned, and one node has pulled", async () => {
    await runKubectl(session(), ["cordon", simulated.name]);
    try {
      assert.deepEqual(await explained(), {
        problems: [
          `fleet:pullCheckNodes is 2, and the pull check can run on 1 of the nodes (${nodeName}): ${simulated.name} is cordoned; add nodes, or set a smaller number: pulumi config set pullCheckNodes 1`,
        ],
        warnings: [],
      });
      assert.doesNotMatch(await refusal(), /ErrImagePull/);
    } finally {
      await runKubectl(session(), ["uncordon", simulated.name]);
    }
  });

  it("refuses where one of them does not trust the registry, and names it", async () => {
    const { server } = session().cluster.registry;
    const trust = distrustInContainerd(server);
    try {
      assert.match(await refusal(), /x509: certificate signed by unknown authority/);
    } finally {
      trust();
    }
    const { problems, warnings } = await explained();
    assert.deepEqual(problems, []);
    const [warning = "", ...others] = warnings;
    assert.deepEqual(others, []);
    const start = `the node ${nodeName} could not pull ${server}/fleetdm/fleet:v4.85.0 in the last pull check: `;
    assert.equal(warning.slice(0, start.length), start);
    assert.match(warning, /x509: certificate signed by unknown authority/);
  });

  it("goes on once every node pulls, and leaves nothing of what was refused", async () => {
    await stack.deploy();
    assert.deepEqual(await checkedNodes(), [nodeName, simulated.name]);
    assert.deepEqual((await explained()).warnings, []);
    const names = (await jobs(stack)).map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, "")).sort();
    assert.deepEqual(names, ["fleet-pull-check", "fleet-pull-check-2"]);
  });
});
