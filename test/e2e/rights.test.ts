import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { session } from "../support/session";
import { Fault } from "../support/fault";
import { assertFleetAnswers } from "../support/objects";
import { upToRefusal } from "../support/refused-up";
import { failed, succeeded, TestStack } from "../support/test-stack";
import { TokenRegistry } from "../support/token-registry";

const repository = "fleetdm/fleet";
const username = "fleet-puller";
const [password, second] = ["marker-token-user-4f5a6b", "marker-token-user-7c8d9e"];

describe("rights to a repository, with a registry that has a token service", function () {
  this.timeout("8m"); // for a busy machine
  let stack: TestStack;
  let registry: TokenRegistry;
  let image = "";

  const setCommand = () => `pulumi config set --secret --path 'registryPasswords["${registry.server}"]'`;
  const setPassword = (value: string) => stack.set(`registryPasswords["${registry.server}"]`, value, true);
  const mayPull = { [repository]: ["pull"] } as const;

  before(async () => {
    registry = await TokenRegistry.start();
    image = `${registry.server}/${repository}:v4.85.0`;
    const main = session().cluster.registry;
    stack = await TestStack.create("rights", "good password", {
      "fleet:imageRepository": `${registry.server}/${repository}`,
      "fleet:registries": {
        [main.server]: { username: "puller-rights" },
        [registry.server]: { username },
      },
      "fleet:registryCheck": "enforce",
      "fleet:registryCaCertificate": registry.authority + fs.readFileSync(main.caFile, "utf8"),
      "fleet:vulnProcessing": undefined,
    });
    await setPassword(password);
    registry.setUser(username, { password, rights: { "fleetdm/other": ["pull"] } });
  });
  after(async () => {
    await stack.remove().finally(() => registry.remove());
  });

  it("that a right password does not have are missed at preview", async () => {
    const output = failed(await stack.preview());
    assert.match(output, /does not let fleet-puller pull/);
    const [line = ""] = output.split("\n").filter((text) => text.includes("does not let"));
    assert.ok(line.includes(`${registry.server} does not let ${username} pull ${image} (401`), line);
    assert.ok(
      line.endsWith(`; grant it the right to pull, correct the repository, or set a new password with ${setCommand()}`),
      line,
    );
    assert.ok(!output.includes(password));
  });

  it("that are granted later are enough: the next up passes with the same configuration", async () => {
    registry.setUser(username, { password, rights: mayPull });
    await stack.deploy();
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan(), []);
  });

  it("that are taken away again are missed before anything that runs is touched", async () => {
    const fault = await Fault.begin(stack, "Credentials", "right token without rights to this repository");
    const sentence = /does not let fleet-puller pull/;
    registry.setUser(username, { password, rights: {} });
    fault.previewRefused(await stack.preview(), sentence);
    fault.upRefused(await stack.up(), sentence);
    await fault.fleetUntouched();
    registry.setUser(username, { password, rights: mayPull });
    await fault.recovered("the right to pull", { secrets: 2 });
  });

  it("that a new password does not have are missed by the pull check, with the check off", async () => {
    const name = "right token without rights to this repository, `registryCheck: off`";
    const fault = await Fault.begin(stack, "Credentials", name);
    await stack.set("registryCheck", "off");
    registry.setUser(username, { password: second, rights: {} });
    await setPassword(second);
    const result = await upToRefusal(stack);
    fault.upRefused(result, /pull access denied, [^"]*: server message: insufficient_scope: authorization failed/);
    assert.ok(!`${result.stdout}${result.stderr}`.includes(second));
    await fault.fleetUntouched();
    registry.setUser(username, { password: second, rights: mayPull });
    await fault.recovered("the right to pull", { secrets: 2 });
    await stack.set("registryCheck", "enforce");
  });

  it("that go beyond pulling are told", async () => {
    const sentence =
      `${username} may not only pull but push ${image}; ` +
      `use a pull-only token: set a new password with ${setCommand()}`;
    registry.setUser(username, { password: second, rights: { [repository]: ["pull", "push"] } });
    const { code, stdout, stderr } = await stack.preview();
    assert.equal(code, 0, stderr);
    assert.ok(`${stdout}${stderr}`.includes(`warning: ${sentence}`), stdout);
    assert.deepEqual(await stack.plan(), []);

    await stack.set("leastPrivilege", "enforce");
    assert.ok(failed(await stack.preview()).includes(sentence));
    await stack.set("leastPrivilege", "off");
    assert.doesNotMatch(succeeded(await stack.preview()), /may not only pull/);
    await stack.set("leastPrivilege", "warn");

    registry.setUser(username, { password: second, rights: mayPull });
    assert.doesNotMatch(succeeded(await stack.preview()), /may not only pull|does not let/);
  });
});
