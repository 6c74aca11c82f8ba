import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { dockerConfigJson } from "../../registry/docker-config";
import { Fault } from "../support/fault";
import { filesIn } from "../support/leak-places";
import { leaks } from "../support/leaks";
import { assertFleetAnswers, fleetPods, livingPods } from "../support/objects";
import { upToRefusal } from "../support/refused-up";
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
      /kubernetes:core\/v1:Secret \(fleet:imagePullSecrets names team-registry; .*\):\s+error: .*test-existing\/team-registry/,
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

  const begin = (fault: string) => Fault.begin(stack, "Referenced Secrets", fault);
  const right = "the right Secret";

  it("shows in the preview when it was changed elsewhere, passes the check first and rolls Fleet's pods", async () => {
    const fault = await begin("rotated elsewhere");
    const before = await fleetPods(stack);
    await stack.accept("second-password-of-another-team");
    succeeded(await apply("second-password-of-another-team"));
    assert.deepEqual(await stack.plan(), [
      "replace kubernetes:batch/v1:Job fleet-pull-check",
      "update kubernetes:helm.sh/v3:Release fleet",
    ]);
    fault.previewPasses(await stack.preview(), "shows a new pull check and the release");
    fault.upPasses(await stack.up());
    assert.notEqual(await fleetPods(stack), before);
    await fault.fleetAnswers();
    await fault.recovered("nothing");
  });

  it("is refused at preview when a wrong password was written into it, and its registry is asked", async () => {
    const fault = await begin("a wrong password written into it");
    const { caFile } = session().cluster.registry;
    await stack.set("registryCaCertificate", fs.readFileSync(caFile, "utf8"));
    await stack.set("registryCheck", "enforce");
    succeeded(await apply("wrong-password-of-another-team"));
    const sentence = /wrong password or expired token \([^)]*\)/;
    fault.previewRefused(await stack.preview(), sentence);
    fault.upRefused(await stack.up(), sentence);
    await fault.fleetUntouched();
    await stack.set("registryCheck", "off");
    succeeded(await apply("second-password-of-another-team"));
    await fault.recovered(right);
  });

  it("is refused by the check when a wrong password was written into it", async () => {
    const fault = await begin("a wrong password written into it, `registryCheck: off`");
    succeeded(await apply("wrong-password-of-another-team"));
    fault.upRefused(await upToRefusal(stack), /401 Unauthorized/);
    await fault.fleetUntouched();
    succeeded(await apply("second-password-of-another-team"));
    await fault.recovered(right);
  });

  it("leaves no trace of its credential in the state, although kubectl wrote a copy into an annotation", () => {
    for (const secret of [password, "second-password-of-another-team"]) {
      assert.deepEqual(leaks(secret, filesIn(stack.backend)), []);
    }
  });

  const other = dockerConfigJson("other.example.com", { username: "a", password: "b" });
  const refused: readonly { readonly fault: string; readonly create?: readonly string[]; readonly sentence: RegExp }[] =
    [
      { fault: "deleted", sentence: /resource '\S+' does not exist/ },
      {
        fault: "of the wrong type",
        create: ["generic", "team-registry", "--from-literal=a=b"],
        sentence: /fleet:imagePullSecrets names the Secret team-registry, which has the type Opaque/,
      },
      {
        fault: "for the wrong registry",
        create: [
          "generic",
          "team-registry",
          "--type=kubernetes.io/dockerconfigjson",
          `--from-literal=.dockerconfigjson=${other}`,
        ],
        sentence:
          /fleet:imagePullSecrets names the Secret team-registry, which has no credential for any of the images/,
      },
    ];
  for (const { fault: name, create, sentence } of refused) {
    it(`is refused at preview when it is ${name}`, async () => {
      const fault = await begin(name);
      succeeded(await stack.kubectl(["delete", "secret", "team-registry"]));
      if (create !== undefined) succeeded(await stack.kubectl(["create", "secret", ...create]));
      fault.previewRefused(await stack.preview(), sentence);
      fault.upRefused(await stack.up(), sentence);
      await fault.fleetUntouched();
      await stack.kubectl(["delete", "secret", "team-registry", "--ignore-not-found"]);
      succeeded(await apply("second-password-of-another-team"));
      await fault.recovered(right);
    });
  }
});
