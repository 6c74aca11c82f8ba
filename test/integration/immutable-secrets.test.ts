import { strict as assert } from "node:assert";
import { assertFleetAnswers, type KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { failed, TestStack } from "../support/test-stack";

/** What takes names or replacement away from others' Secrets. */
describe("Secrets of a stack", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("immutable", "good");
    // Not the private key's: plugins before 4.30 drop the null that takes the chart's own variable away, and Helm cannot patch it then.
    await stack.set("licenseKey", "one", true);
    await stack.deploy();
  });
  after(() => stack.remove());

  const secrets = async () =>
    (await stack.objects<KubernetesObject>("secrets")).filter(({ metadata }) => !metadata.name.startsWith("sh.helm."));
  const nameOf = async (prefix: string) => {
    const [found, ...more] = (await secrets()).filter(({ metadata }) => metadata.name.startsWith(`${prefix}-`));
    assert.ok(found !== undefined && more.length === 0, `not one ${prefix}`);
    return found.metadata.name;
  };

  it("are immutable, each of them", async () => {
    assert.deepEqual(
      (await secrets()).map(({ metadata, immutable }) => [metadata.name.replace(/-[0-9a-f]{8}$/, ""), immutable])
        .length,
      4,
    );
    for (const { metadata, immutable } of await secrets()) assert.equal(immutable, true, metadata.name);
  });

  it("are replaced under a new name, and Fleet is rolled, although the provider may change Secrets", async () => {
    stack.edit((config) => (config["kubernetes:enableSecretMutable"] = true));
    assert.deepEqual(await stack.plan(), []);
    const before = await nameOf("fleet-license");
    await stack.rotate();
    await stack.set("licenseKey", "two", true);
    const registry = session().cluster.registry.server.replaceAll(/[^a-z0-9]+/g, "-");
    assert.deepEqual(await stack.plan(), [
      "replace kubernetes:batch/v1:Job fleet-pull-check",
      `replace kubernetes:core/v1:Secret fleet-${registry}`,
      "replace kubernetes:core/v1:Secret fleet-license",
      "update kubernetes:helm.sh/v3:Release fleet",
    ]);
    await stack.deploy();
    assert.notEqual(await nameOf("fleet-license"), before);
    await assertFleetAnswers(stack);
  });

  it("have random names, or the stack is refused", async () => {
    const sentence = "pulumi:autonaming gives Secrets and Jobs no random names, but a new password needs a new name";
    for (const autonaming of [{ mode: "verbatim" }, { pattern: "${stack}-${name}" }]) {
      stack.edit((config) => (config["pulumi:autonaming"] = autonaming));
      for (const run of [await stack.preview(), await stack.up()]) assert.ok(failed(run).includes(sentence));
    }
    stack.edit((config) => (config["pulumi:autonaming"] = { pattern: "${name}-${hex(6)}" }));
    assert.deepEqual(await stack.plan(), []);
    const before = await nameOf("fleet-license");
    await stack.set("licenseKey", "three", true);
    await stack.deploy();
    const after = await nameOf("fleet-license");
    assert.match(after, /^fleet-license-[0-9a-f]{6}$/);
    assert.notEqual(after, before);
  });
});
