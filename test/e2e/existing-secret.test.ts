import { strict as assert } from "node:assert";
import { dockerConfigJson } from "../../components/registry/docker-config";
import { filesIn } from "../support/leak-places";
import { leaks } from "../support/leaks";
import { assertFleetAnswers, fleetPods, livingPods } from "../support/objects";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

/** A pull Secret that another team made, here with `kubectl apply`, which keeps the credential in an annotation too. */
describe("a Secret that exists already", function () {
  this.timeout("5m");
  const password = "first-password-of-another-team";
  let stack: TestStack;

  const apply = (secret: string) => {
    const server = session().cluster.registry.server;
    const manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "team-registry" },
      type: "kubernetes.io/dockerconfigjson",
      data: {
        ".dockerconfigjson": Buffer.from(
          dockerConfigJson(server, { username: stack.username, password: secret }),
        ).toString("base64"),
      },
    };
    return stack.kubectl(["apply", "-f", "-"], JSON.stringify(manifest));
  };

  before(async () => {
    stack = await TestStack.create("existing", password, {
      "fleet:createNamespace": false,
      "fleet:registries": undefined,
      "fleet:imagePullSecrets": ["team-registry"],
    });
    succeeded(await stack.kubectl(["create", "namespace", stack.namespace]));
  });
  after(() => stack.remove());

  it("is missed at preview, by name", async () => {
    const output = failed(await stack.preview());
    assert.match(
      output,
      /kubernetes:core\/v1:Secret \(imagePullSecrets team-registry\):\s+error: .*test-existing\/team-registry/,
    );
  });

  it("is what every workload pulls with", async () => {
    succeeded(await apply(password));
    await stack.deploy();
    await assertFleetAnswers(stack);
    for (const pod of await livingPods(stack)) {
      assert.deepEqual(pod.spec.imagePullSecrets, [{ name: "team-registry" }], pod.metadata.name);
    }
    assert.deepEqual(await stack.plan(), []);
  });

  it("shows in the preview when it was changed elsewhere, passes the check first and rolls Fleet's pods", async () => {
    const before = await fleetPods(stack);
    await stack.accept("second-password-of-another-team");
    succeeded(await apply("second-password-of-another-team"));
    assert.deepEqual(await stack.plan(), [
      "replace kubernetes:batch/v1:Job fleet-pull-check",
      "update kubernetes:helm.sh/v3:Release fleet",
    ]);
    await stack.deploy();
    assert.notEqual(await fleetPods(stack), before);
    assert.deepEqual(await stack.plan(), []);
  });

  it("is refused by the check when a wrong password was written into it", async () => {
    const before = await fleetPods(stack);
    succeeded(await apply("wrong-password-of-another-team"));
    assert.match(failed(await stack.up()), /401 Unauthorized/);
    assert.equal(await fleetPods(stack), before);
    succeeded(await apply("second-password-of-another-team"));
    await stack.deploy();
  });

  it("leaves no trace of its credential in the state, although kubectl wrote a copy into an annotation", () => {
    for (const secret of [password, "second-password-of-another-team"]) {
      assert.deepEqual(leaks(secret, filesIn(stack.backend)), []);
    }
  });

  it("is refused when it is of another type or has no credential for the image", async () => {
    await stack.kubectl(["delete", "secret", "team-registry"]);
    succeeded(await stack.kubectl(["create", "secret", "generic", "team-registry", "--from-literal=a=b"]));
    assert.match(
      failed(await stack.preview()),
      /fleet:imagePullSecrets names the Secret team-registry, which has the type Opaque/,
    );

    await stack.kubectl(["delete", "secret", "team-registry"]);
    const other = dockerConfigJson("other.example.com", { username: "a", password: "b" });
    succeeded(
      await stack.kubectl([
        "create",
        "secret",
        "generic",
        "team-registry",
        "--type=kubernetes.io/dockerconfigjson",
        `--from-literal=.dockerconfigjson=${other}`,
      ]),
    );
    assert.match(failed(await stack.preview()), /which has no credential for any of the images/);
    await stack.kubectl(["delete", "secret", "team-registry"]);
    succeeded(await apply("second-password-of-another-team"));
  });
});
