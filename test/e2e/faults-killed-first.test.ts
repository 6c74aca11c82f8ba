import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assertRecovered, Fault } from "../support/fault";
import {
  endLeftovers,
  helmIsDone,
  killUp,
  machineIsGone,
  pendingRevisions,
  type Beginning,
} from "../support/killed-up";
import { pullSecrets, type KubernetesObject, type Pod } from "../support/objects";
import { repair } from "../support/repair-command";
import { succeeded, TestStack } from "../support/test-stack";

type Server = KubernetesObject & { readonly spec: { readonly template: { readonly spec: Pod["spec"] } } };

/** The end of its URN. */
const namespaceMade = "$kubernetes:core/v1:Namespace::fleet";

const repaired = "`pulumi cancel`, `make repair`";

/** A kill before the state has anything: what is there then has names that a second `up` would meet again. */
describe("a first up that is killed", function () {
  this.timeout("4m");
  let stack: TestStack;

  beforeEach(async () => {
    stack = await TestStack.create("killed-first", "good");
  });
  afterEach(async () => {
    endLeftovers();
    await stack.remove();
  });

  const isThere = async (kinds: string, name: string) =>
    (await stack.objects<KubernetesObject>(kinds)).some(({ metadata }) => metadata.name === name);
  const creates = (begun: readonly Beginning[], resource: string) =>
    begun.some(({ op, name }) => op === "create" && name === resource);

  const mysql = async () => {
    const servers = await stack.objects<Server>("statefulsets");
    const server = servers.find(({ metadata }) => metadata.name === "fleet-mysql");
    assert.ok(server);
    return server;
  };

  /** Kills the first `up`, has the machine go too if it is to, and repairs; what was found is returned. */
  async function killAndRepair(
    fault: Fault,
    moment: Parameters<typeof killUp>[1],
    after: () => Promise<void> = () => Promise.resolve(),
  ): Promise<{ readonly begun: readonly string[]; readonly found: readonly string[] }> {
    fault.upWas("killed");
    const begun = await killUp(stack, moment);
    await after();
    succeeded(await stack.tryPulumi(["cancel", "--yes", "--stack", stack.name]));
    const found = await repair(stack);
    assert.deepEqual(await repair(stack), []);
    return { begun, found: found.map((text) => text.replaceAll(/(since|made) [^,)]* UTC/g, "$1 …")) };
  }

  it("as the namespace is made is put right", async () => {
    const fault = Fault.beginFirst(stack, "Pulumi", "the first `up` killed as the namespace is made");
    // Read from its file: whoever asks Pulumi hears of it when the state has the namespace already.
    const file = path.join(stack.backend, ".pulumi", "stacks", "fleet", `${stack.name}.json`);
    const namespaceBegins = () => fs.existsSync(file) && fs.readFileSync(file, "utf8").includes(namespaceMade);
    let made = "";
    const { begun, found } = await killAndRepair(fault, namespaceBegins, async () => {
      await sleep(1000); // the plugin lives on, if it was told to make it
      made = (await stack.kubectl(["get", "namespace", stack.namespace, "--ignore-not-found", "-o", "name"])).stdout;
    });
    if (begun.includes("creating fleet")) {
      assert.deepEqual(found, [
        ...(made === "" ? [] : [`there, and not in the state: Namespace ${stack.namespace} (made …)`]),
        `the state takes for unfinished: ${begun.join(", ")}`,
      ]);
    }
    await fault.recovered(repaired);
  });

  it("while the datastores start has the state take them in, and they are the stack's own from then on", async () => {
    const fault = Fault.beginFirst(stack, "Pulumi", "the first `up` killed while the datastores start");
    const starting = async (begun: readonly Beginning[]) =>
      creates(begun, "fleet-mysql") && (await isThere("statefulsets", "fleet-mysql"));
    const { found } = await killAndRepair(fault, starting);
    assert.match(found[0] ?? "", /^there, and not in the state: .*\bStatefulSet fleet-mysql \(made …\)/);
    const { uid } = (await mysql()).metadata;
    await fault.recovered(repaired);
    // Of a list that another field manager has too, nothing can be taken away: the old Secret would stay in it.
    await stack.rotate();
    await stack.deploy();
    await assertRecovered(stack);
    const { metadata, spec } = await mysql();
    assert.equal(metadata.uid, uid);
    assert.deepEqual(
      spec.template.spec.imagePullSecrets,
      (await pullSecrets(stack)).map(({ metadata: { name } }) => ({ name })),
    );
  });

  const migrates = async (begun: readonly Beginning[]) =>
    creates(begun, "fleet") && (await isThere("jobs", "fleet-migration"));

  it("after Helm began lets Helm finish, and make repair has the next one take the release over", async () => {
    const fault = Fault.beginFirst(stack, "Pulumi", "the first `up` killed while the release is installed");
    const { begun, found } = await killAndRepair(fault, migrates, () => helmIsDone(stack));
    assert.deepEqual(begun, ["creating fleet"]);
    assert.deepEqual(found, [
      "the state takes for unfinished: creating fleet",
      "Helm's revision 1 of the release fleet is deployed since …, and the state does not know the release",
    ]);
    await fault.recovered(`${repaired}, a wait until Helm is done`);
  });

  it("together with its plugins leaves a pending-install, which make repair takes away", async () => {
    const name = "the first `up` and its plugins killed while the release is installed: the machine is gone";
    const fault = Fault.beginFirst(stack, "Pulumi", name);
    const { found } = await killAndRepair(fault, migrates, async () => {
      machineIsGone(stack);
      assert.notEqual(await pendingRevisions(stack), "");
    });
    assert.deepEqual(found, [
      "the state takes for unfinished: creating fleet",
      "Helm's revision 1 of the release fleet is pending-install since …, and the state does not know the release",
    ]);
    assert.equal(await pendingRevisions(stack), "");
    await fault.recovered(repaired);
  });
});
