import { strict as assert } from "node:assert";
import { eventually } from "../support/eventually";
import { Fault } from "../support/fault";
import { evictImages } from "../support/node-images";
import { pullSecrets, type Pod } from "../support/objects";
import { upToRefusal } from "../support/refused-up";
import { RegistryProxy, type Behaviour } from "../support/registry-proxy";
import { TestStack } from "../support/test-stack";

/** What a preview says where it cannot tell. */
const warning =
  /warning: \S+ (cannot be asked|does not tell) about .*; pulumi up will show whether the cluster can pull/;

describe("a registry that fails", function () {
  this.timeout("5m");
  let stack: TestStack;
  let registry: RegistryProxy;
  let rotations = 0;

  before(async () => {
    registry = await RegistryProxy.start();
    stack = await TestStack.createWithDatastores("registry", "good-0", {
      "fleet:imageRepository": `${registry.server}/fleetdm/fleet`,
      "fleet:registries": undefined,
      "fleet:registryCheck": "enforce",
      "fleet:registryCaCertificate": registry.authority,
      "fleet:vulnProcessing": undefined,
    });
    stack.edit((config) => (config["fleet:registries"] = { [registry.server]: { username: stack.username } }));
    await rotate();
    await stack.deploy();
  });
  after(async () => {
    await stack.remove();
    await registry.remove();
  });

  afterEach(() => registry.become("well"));

  /** A new password, which the registry accepts. */
  async function rotate(): Promise<void> {
    const password = `good-${++rotations}`;
    await stack.accept(password);
    await stack.set(`registryPasswords["${registry.server}"]`, password, true);
  }

  /** A rotation, begun while all is well; the registry is so from its preview on. */
  async function begin(name: string, behaviour: Behaviour): Promise<Fault> {
    const fault = await Fault.begin(stack, "Registry", name);
    await rotate();
    await previewWith(fault, behaviour);
    return fault;
  }

  async function previewWith(fault: Fault, behaviour: Behaviour): Promise<void> {
    await registry.become(behaviour);
    const result = await stack.preview();
    fault.previewPasses(result, "shows the rotation");
    assert.match(result.stdout, /Release +fleet +update/);
    if (behaviour === "slow" || behaviour === "well") assert.doesNotMatch(result.stdout, /warning/);
    else assert.match(result.stdout, warning);
  }

  it("and is well again at up is warned of at preview", async () => {
    const fault = await begin("down at preview, back at `up`", "down");
    await registry.become("well");
    fault.upPasses(await stack.up());
    await fault.fleetAnswers();
    await fault.recovered("nothing");
  });

  it("(down) stops up at the pull check, whether a preview has warned of it or not", async () => {
    const unseen = await begin("well at preview, down at `up`", "well");
    const seen = await Fault.begin(stack, "Registry", "down");
    await previewWith(seen, "down");
    const result = await upToRefusal(stack);
    for (const fault of [unseen, seen]) {
      fault.upRefused(result, /dial tcp \S+ connect: connection refused/);
      await fault.fleetUntouched();
    }
    await registry.become("well");
    for (const fault of [unseen, seen]) await fault.recovered("the registry");
  });

  const refusals = [
    ["answers 500", 500, /failed with status code \[manifests v4.85.0\]: 500 Internal Server Error/],
    // The kubelet has no words for a pull that goes on; the check ends when that does, and with it its pod.
    ["takes 12 s for every answer", "too slow", /\[DeadlineExceeded\] Job was active longer than specified deadline/],
    ["answers 429, too many requests", 429, /failed with status code \[manifests v4.85.0\]: 429 Too Many Requests/],
  ] as const;
  for (const [name, behaviour, words] of refusals) {
    it(`(${name}) stops up at the pull check`, async () => {
      const fault = await begin(name, behaviour);
      fault.upRefused(await upToRefusal(stack), words);
      await fault.fleetUntouched();
      await registry.become("well");
      await fault.recovered("the registry");
    });
  }

  it("to answer in time is waited for", async () => {
    const fault = await begin("takes 3 s for every answer", "slow");
    fault.upPasses(await stack.up());
    await registry.become("well");
    await fault.fleetAnswers();
    await fault.recovered("nothing");
  });

  /** `up`, and what happens as soon as its pull check has pulled. */
  async function upAndAfterCheck(then: () => Promise<unknown>) {
    const known = new Set((await checks()).map(({ metadata }) => metadata.uid));
    const up = stack.up();
    await eventually(async () => {
      const [pod] = (await checks()).filter(({ metadata }) => !known.has(metadata.uid));
      assert.equal(pod?.status.phase, "Succeeded");
    });
    await then();
    return up;
  }
  const checks = () => stack.objects<Pod>("pods", "--selector=app.kubernetes.io/component=image-pull-check");

  it("after the pull check is not needed any more where the check ran", async () => {
    const fault = await Fault.begin(stack, "Registry", "lost after the pull check, on the node of the check");
    await rotate();
    fault.upPasses(await upAndAfterCheck(() => registry.become("down")));
    await fault.fleetAnswers();
    await registry.become("well");
    await fault.recovered("nothing");
  });

  it("before a node has pulled takes the release back", async () => {
    const fault = await Fault.begin(stack, "Registry", "lost after the pull check, on a node that has yet to pull");
    await rotate();
    stack.edit((config) => (config["fleet:releaseTimeoutSeconds"] = 20));
    const isolate = () => Promise.all([registry.become("down"), evictImages(registry.server)]);
    fault.upRefused(await upAndAfterCheck(isolate), /timed out waiting for the condition|context deadline exceeded/);
    assert.equal((await pullSecrets(stack)).length, 2);
    await fault.fleetUntouched();
    stack.edit((config) => (config["fleet:releaseTimeoutSeconds"] = 60));
    await registry.become("well");
    await fault.recovered("the registry");
  });
});
