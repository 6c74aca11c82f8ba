import { strict as assert } from "node:assert";
import { Fault } from "../support/fault";
import { pullSecrets, type KubernetesObject } from "../support/objects";
import { succeeded, TestStack } from "../support/test-stack";

describe("the stack's own pull Secret, changed by hand", function () {
  this.timeout("5m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("secrets", "good");
    await stack.deploy();
  });
  after(() => stack.remove());

  async function ownSecret(): Promise<KubernetesObject> {
    const [secret, ...others] = await pullSecrets(stack);
    assert.ok(secret);
    assert.deepEqual(others, []);
    return secret;
  }

  /** A preview that reads the cluster first, with what it is to do to the Secret. */
  async function previewRepair(fault: Fault, change: RegExp, shown: string): Promise<void> {
    const result = await stack.preview("--refresh");
    assert.match(result.stdout, change);
    fault.previewPasses(result, shown);
  }

  const repair = "`pulumi up --refresh`";
  const remove = async (name: string) => succeeded(await stack.kubectl(["delete", "secret", name]));

  it("comes back under another name when it was deleted", async () => {
    const fault = await Fault.begin(stack, "Credentials", "the stack's Secret deleted by hand");
    const { metadata } = await ownSecret();
    await remove(metadata.name);
    await previewRepair(fault, /^ *\+ +kubernetes:core\/v1:Secret fleet-\d\S+ create/m, "shows the new Secret");
    await fault.fleetUntouched();
    fault.upPasses(await stack.up("--refresh"));
    assert.notEqual((await ownSecret()).metadata.name, metadata.name);
    await fault.fleetAnswers();
    await fault.recovered(repair);
  });

  it("cannot be edited: it is immutable", async () => {
    const { metadata } = await ownSecret();
    const patch = JSON.stringify({ data: { ".dockerconfigjson": Buffer.from('{"auths":{}}').toString("base64") } });
    const { code, stderr } = await stack.kubectl(["patch", "secret", metadata.name, "--patch", patch]);
    assert.notEqual(code, 0);
    assert.match(stderr, /field is immutable when `immutable` is set/);
  });

  it("gets its content again when it was replaced", async () => {
    const fault = await Fault.begin(stack, "Credentials", "the stack's Secret replaced by hand, with other content");
    const secret = await ownSecret();
    const { name, labels, annotations } = secret.metadata;
    await remove(name);
    const data = { ".dockerconfigjson": Buffer.from('{"auths":{}}').toString("base64") };
    const replaced = { ...secret, apiVersion: "v1", kind: "Secret", metadata: { name, labels, annotations }, data };
    succeeded(await stack.kubectl(["create", "-f", "-"], JSON.stringify(replaced)));
    await previewRepair(fault, /^ *\+- +kubernetes:core\/v1:Secret \S+ replace .*data/m, "shows the replacement");
    await fault.fleetUntouched();
    fault.upPasses(await stack.up("--refresh"));
    assert.deepEqual((await ownSecret()).data, secret.data);
    await fault.fleetAnswers();
    await fault.recovered(repair);
  });

  it("loses a label that it was given", async () => {
    const fault = await Fault.begin(stack, "Credentials", "a label of the stack's Secret changed by hand");
    const { metadata } = await ownSecret();
    succeeded(
      await stack.kubectl(["label", "secret", metadata.name, "--overwrite", "app.kubernetes.io/part-of=other"]),
    );
    await previewRepair(fault, /^ *~ +kubernetes:core\/v1:Secret \S+ update .*metadata/m, "shows the label");
    fault.upPasses(await stack.up("--refresh"));
    await fault.fleetUntouched();
    assert.deepEqual((await ownSecret()).metadata.labels, metadata.labels);
    await fault.recovered(repair);
  });
});
