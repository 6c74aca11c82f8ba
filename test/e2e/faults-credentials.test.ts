import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { Fault } from "../support/fault";
import { upToRefusal } from "../support/refused-up";
import { session } from "../support/session";
import { TestStack } from "../support/test-stack";

// Pulumi blanks a password that stands in what it prints, so none of them is a part of a sentence.
const [good, wrong, fresh, elsewhere] = ["good-1a2b3c4d", "bad-5e6f7a8b", "new-9c0d1e2f", "else-3a4b5c6d"];

/** Of the program, at preview, and of the kubelet, in the pull check. */
const programSays = /wrong password or expired token \([^)]*\)/;
const kubeletSays = /401 Unauthorized/;

describe("a credential that the registry refuses", function () {
  this.timeout("5m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.createWithDatastores("credentials", good, {
      "fleet:registryCheck": "enforce",
      "fleet:registryCaCertificate": fs.readFileSync(session().cluster.registry.caFile, "utf8"),
    });
    await stack.deploy();
  });
  after(() => stack.remove());

  const check = (level: "enforce" | "off") => stack.set("registryCheck", level);

  /** A preview with nothing to say but what a rotation changes. */
  async function previewRotation(fault: Fault): Promise<void> {
    const result = await stack.preview();
    for (const change of [
      /kubernetes:core\/v1:Secret .* replace/,
      /Job +fleet-pull-check +replace/,
      /Release +fleet +update/,
    ])
      assert.match(result.stdout, change);
    fault.previewPasses(result, "shows the rotation");
  }

  it("is refused at preview, and at up before anything is asked of the cluster", async () => {
    const fault = await Fault.begin(stack, "Credentials", "wrong token");
    await stack.setPassword(wrong);
    fault.previewRefused(await stack.preview(), programSays);
    fault.upRefused(await stack.up(), programSays);
    await fault.fleetUntouched();
    await stack.setPassword(good);
    await fault.recovered("the right token");
  });

  it("is refused by the pull check where the registry is not asked at preview", async () => {
    const fault = await Fault.begin(stack, "Credentials", "wrong token, `registryCheck: off`");
    await check("off");
    await stack.setPassword(wrong);
    await previewRotation(fault);
    fault.upRefused(await upToRefusal(stack), kubeletSays);
    await fault.fleetUntouched();
    await stack.setPassword(good);
    await fault.recovered("the right token");
  });

  it("is taken with the same configuration once the registry takes it", async () => {
    const name = "token that the registry comes to know only after a refusal, `registryCheck: off`";
    const fault = await Fault.begin(stack, "Credentials", name);
    await stack.setPassword(fresh);
    await previewRotation(fault);
    const configuration = fs.readFileSync(stack.configFile, "utf8");
    fault.upRefused(await stack.up(), kubeletSays);
    await fault.fleetUntouched();
    await stack.accept(fresh);
    await fault.recovered("the registry's account, no change of the configuration");
    assert.equal(fs.readFileSync(stack.configFile, "utf8"), configuration);
  });

  it("stops up when it expires after its preview", async () => {
    const fault = await Fault.begin(stack, "Credentials", "token that expires between preview and `up`");
    await check("enforce");
    await stack.accept(good);
    await stack.setPassword(good);
    await previewRotation(fault);
    await stack.accept(elsewhere);
    fault.upRefused(await stack.up(), programSays);
    await fault.fleetUntouched();
    await stack.setPassword(elsewhere);
    await fault.recovered("a new token");
  });

  it("stops at the pull check when it expires after its preview and the registry is not asked", async () => {
    const name = "token that expires between preview and `up`, `registryCheck: off`";
    const fault = await Fault.begin(stack, "Credentials", name);
    await check("off");
    await stack.accept(good);
    await stack.setPassword(good);
    await previewRotation(fault);
    await stack.accept(wrong);
    fault.upRefused(await upToRefusal(stack), kubeletSays);
    await fault.fleetUntouched();
    await stack.accept(fresh);
    await stack.setPassword(fresh);
    await fault.recovered("a new token");
  });
});
