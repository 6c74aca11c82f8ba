import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../../local/support/paths";
import { drainPatch } from "../../support/helm-installation";
import {
  assertLoad,
  assertNearlyNoneFailed,
  LoadedStack,
  type LoadedRotation,
} from "../../support/rotations-under-load";

const replicas = 2;

/** The short form of `make test-soak`: the same load and the same promise, with the fewest replicas it is made for. */
describe("zero downtime", function () {
  this.timeout("5m");
  let loaded: LoadedStack;
  let rotations: LoadedRotation[] = [];

  before(async () => {
    loaded = await LoadedStack.create("zero-downtime", replicas);
    rotations = await loaded.rotate(2);
  });
  after(() => loaded.remove());

  it("is made under the load that it is promised for", () => assertLoad(rotations));

  it("fails no request on a new connection during two rotations", () => {
    assert.deepEqual(
      rotations.map(({ new: { failures } }) => failures),
      [{}, {}],
    );
  });

  it("fails at most one request for each pod on kept connections, and answers it when it is sent again", () => {
    assertNearlyNoneFailed(rotations, replicas);
  });

  it("is drawn on one time axis: two Secrets, both Jobs, old and new pods, and every request", () => {
    const groups = loaded.timeline?.groups ?? [];
    assert.deepEqual(
      groups.map(({ rows }) => rows.map(({ label }) => label.replace(/ ….*/, ""))),
      [
        ["old", "new"],
        ["pull check", "migration"],
        [...Array<string>(replicas).fill("old"), ...Array<string>(replicas).fill("new")],
        ["new connections", "kept connections"],
      ],
    );
    for (const row of groups.flatMap(({ rows }) => rows)) {
      assert.notEqual("bars" in row ? row.bars.length : row.columns.length, 0, row.label);
    }
  });

  it("comes of pods that drain", async () => {
    const [deployment] = await loaded.stack.objects<{
      spec: { template: { spec: { containers: { name: string; lifecycle?: unknown }[] } } };
    }>("deployments");
    const fleet = deployment?.spec.template.spec.containers.find(({ name }) => name === "fleet");
    assert.deepEqual(fleet?.lifecycle, { preStop: { sleep: { seconds: 5 } } });
  });

  it("is documented with the patch that test/e2e/adopt.test.ts makes", () => {
    assert.ok(fs.readFileSync(path.join(checkout, "docs", "rotate.md"), "utf8").includes(`'${drainPatch}'`));
  });
});
