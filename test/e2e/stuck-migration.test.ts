import { strict as assert } from "node:assert";
import { assertFleetAnswers, jobs } from "../support/objects";
import { failed, TestStack } from "../support/test-stack";

/** With the check switched off, the migration Job is the first to meet a wrong password; it used to block every later upgrade. */
describe("a migration Job that cannot pull", function () {
  this.timeout("6m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("stuck", "good", {
      "fleet:pullCheck": false,
      "fleet:releaseTimeoutSeconds": 15,
    });
  });
  after(() => stack.remove());

  it("no longer wedges the release: the next up with the right password needs no manual step", async () => {
    await stack.deploy();
    await stack.setPassword("wrong");
    failed(await stack.up());
    assert.deepEqual(
      (await jobs(stack)).map(({ metadata }) => metadata.name),
      ["fleet-migration"],
    );
    const { stdout } = await stack.kubectl(["get", "pods", "--selector=job-name=fleet-migration", "-o", "json"]);
    assert.match(stdout, /ErrImagePull|ImagePullBackOff/);

    await stack.setPassword("good");
    await stack.deploy();
    await assertFleetAnswers(stack);
    assert.deepEqual(await jobs(stack), []);
  });
});
