import { strict as assert } from "node:assert";
import { dockerConfigJson } from "../../registry/docker-config";
import { fleetPods } from "../support/objects";
import { session } from "../support/session";
import { succeeded, TestStack } from "../support/test-stack";

/** A pull Secret whose token lives for hours, which External Secrets writes anew; here `kubectl apply` does. */
describe("a Secret that refreshes itself", function () {
  this.timeout("5m");
  let stack: TestStack;

  /** A new token in the Secret, and the only one that the registry takes from now on. */
  async function refresh(token: string): Promise<void> {
    const { server } = session().cluster.registry;
    const json = dockerConfigJson(server, { username: stack.username, password: token });
    const manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "ecr" },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": Buffer.from(json).toString("base64") },
    };
    await stack.accept(token);
    succeeded(await stack.kubectl(["apply", "-f", "-"], JSON.stringify(manifest)));
  }

  before(async () => {
    stack = await TestStack.create("refreshed", "first-token", {
      "fleet:createNamespace": false,
      "fleet:registries": undefined,
      "fleet:imagePullSecrets": [{ name: "ecr", follow: false }],
    });
    succeeded(await stack.kubectl(["create", "namespace", stack.namespace]));
    await refresh("first-token");
    await stack.deploy();
  });
  after(() => stack.remove());

  it("is no change of the stack, in a preview and in the one that looks for drift", async () => {
    await refresh("second-token");
    succeeded(await stack.preview("--expect-no-changes"));
    succeeded(await stack.preview("--refresh", "--expect-no-changes", "--diff"));
  });

  it("rolls nothing in an up that changes something else, nor does it pull again", async () => {
    const pods = await fleetPods(stack);
    await refresh("third-token");
    await stack.set("releaseTimeoutSeconds", "61");
    assert.deepEqual(await stack.plan(), ["update kubernetes:helm.sh/v3:Release fleet"]);
    await stack.deploy();
    assert.deepEqual(await fleetPods(stack), pods);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("is what the next check pulls with, as it is then", async () => {
    await refresh("fourth-token");
    const image = `${session().cluster.registry.server}/valkey/valkey:8.1.4`;
    stack.edit((config) => (config["fleet:pullCheckImages"] = [{ image, command: ["valkey-server", "--version"] }]));
    assert.deepEqual(await stack.plan(), ["replace kubernetes:batch/v1:Job fleet-pull-check"]);
    await stack.deploy();
  });
});
