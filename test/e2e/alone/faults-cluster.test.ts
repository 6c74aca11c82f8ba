import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { restartApiServer, restartNode } from "../../../local/cluster";
import { runKubectl } from "../../../local/session";
import { eventually } from "../../support/eventually";
import { Fault } from "../../support/fault";
import { evictImages, imagesOnNode } from "../../support/node-images";
import { assertFleetAnswers, fleetPods, pullSecrets, type KubernetesObject } from "../../support/objects";
import { session } from "../../support/session";
import { TestStack } from "../../support/test-stack";

describe("a cluster that fails", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("cluster", "good");
    await stack.deploy();
  });
  after(() => stack.remove());

  const jobs = async () => (await stack.objects<KubernetesObject>("jobs")).map(({ metadata }) => metadata.name);

  it("loses its API server during the pull check", async () => {
    await stack.rotate();
    const fault = await Fault.begin(stack, "Cluster", "API server restarted while the pull check runs");
    const before = await jobs();
    const up = stack.up();
    await eventually(async () => assert.ok((await jobs()).length > before.length));
    await restartApiServer();
    fault.upPasses(await up);
    await fault.fleetAnswers();
    await fault.recovered("nothing");
  });

  it("loses its API server while the release is upgraded", async () => {
    await stack.rotate();
    const fault = await Fault.begin(stack, "Cluster", "API server restarted while the release is upgraded");
    const up = stack.up();
    await eventually(async () => assert.ok((await jobs()).includes("fleet-migration")));
    await restartApiServer();
    fault.upPasses(await up);
    await fault.fleetAnswers();
    await fault.recovered("nothing");
  });

  it("sees one up at a time", async () => {
    await stack.rotate();
    const fault = await Fault.begin(stack, "Pulumi", "two `up`s at once");
    const first = stack.up();
    const locks = path.join(stack.backend, ".pulumi", "locks");
    const locked = () => fs.readdirSync(locks, { recursive: true }).some((name) => String(name).endsWith(".json"));
    await eventually(async () => assert.ok(await Promise.resolve(locked())));
    fault.upRefused(await stack.up(), /the stack is currently locked by 1 lock\(s\)/);
    const { code, stdout } = await first;
    assert.equal(code, 0, stdout);
    await fault.fleetAnswers("answers; the first `up` goes through");
    await fault.recovered("nothing");
  });

  it("has no database for the migration", async () => {
    const fault = await Fault.begin(stack, "Fleet", "the migration fails: the database is down");
    const pods = await fleetPods(stack);
    await stack.rotate();
    await routeDatabase("nowhere");
    stack.edit((config) => (config["fleet:releaseTimeoutSeconds"] = 15));
    fault.upRefused(await stack.up(), /pre-upgrade hooks failed/);
    stack.edit((config) => (config["fleet:releaseTimeoutSeconds"] = 60));
    assert.ok((await jobs()).includes("fleet-migration"));
    assert.equal((await pullSecrets(stack)).length, 2);
    await routeDatabase("mysql");
    await eventually(() => assertFleetAnswers(stack));
    assert.equal(await fleetPods(stack), pods);
    await fault.fleetAnswers("down with its database; the same pods answer again");
    await fault.recovered("the database");
  });

  /** Gives the Service of the database other pods, or none. */
  async function routeDatabase(to: string): Promise<void> {
    const patch = JSON.stringify({ spec: { selector: { "external-datastore": to } } });
    await runKubectl(session(), ["--namespace", "external-cluster", "patch", "service", "mysql", "--patch", patch]);
  }

  it("loses its node after a rotation, and its images with it", async () => {
    const fault = await Fault.begin(stack, "Cluster", "node restarted without its images, after a rotation");
    fault.upWas("had gone through");
    await restartEmptyNode();
    await fault.fleetAnswers("answers again, the same pods");
    await fault.recovered("nothing");
  });

  it("keeps everything while a refused up goes on with --continue-on-error, and loses its node then", async () => {
    const refused = await Fault.begin(stack, "Pulumi", "`up --continue-on-error` with a wrong password");
    const restarted = await Fault.begin(
      stack,
      "Cluster",
      "node restarted without its images, after a refused rotation",
    );
    refused.upRefused(await stack.upWithWrongPassword("--continue-on-error"), /401 Unauthorized/);
    assert.equal((await pullSecrets(stack)).length, 2);
    await refused.fleetUntouched();

    restarted.upWas("had been refused");
    await restartEmptyNode();
    await restarted.fleetAnswers("answers again, the same pods");
    await stack.rotate();
    await refused.recovered("the right password");
    await restarted.recovered("the right password");
  });

  /** Restarts the node without the images: pods that were there come back from the registry. */
  async function restartEmptyNode(): Promise<void> {
    const pods = await fleetPods(stack);
    await evictImages();
    assert.deepEqual(await imagesOnNode(), []);
    await restartNode();
    await eventually(() => assertFleetAnswers(stack));
    assert.equal(await fleetPods(stack), pods);
    assert.ok((await imagesOnNode()).includes(`${session().cluster.registry.server}/fleetdm/fleet:v4.85.0`));
  }
});
