import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";
import { chart } from "../support/chart";
import { helm } from "../support/helm-installation";
import { assertFleetAnswers, fleetPods, livingPods, pullSecrets } from "../support/objects";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

/** The chart under test once more, with the next version. */
async function nextChart(folder: string): Promise<{ readonly path: string; readonly version: string }> {
  const source = path.resolve(checkout, await chart());
  const target = path.join(folder, "fleet");
  if (fs.statSync(source).isDirectory()) fs.cpSync(source, target, { recursive: true });
  else execFileSync("tar", ["-xzf", source, "-C", folder]);
  const file = path.join(target, "Chart.yaml");
  let version = "";
  const next = fs.readFileSync(file, "utf8").replace(/^version: (v?\d+\.\d+\.)(\d+)$/m, (_, start: string, patch) => {
    version = `${start}${Number(patch) + 1}`;
    return `version: ${version}`;
  });
  fs.writeFileSync(file, next);
  return { path: target, version };
}

describe("an upgrade of Fleet and of its chart", function () {
  this.timeout("5m");
  let stack: TestStack;
  let next: Awaited<ReturnType<typeof nextChart>>;
  let chartBefore = "";

  const images = async () => [
    ...new Set(
      (await livingPods(stack, "--selector=app=fleet")).flatMap(({ spec }) =>
        spec.containers.map(({ image }) => image),
      ),
    ),
  ];
  const tagged = (tag: string) => [`${session().cluster.registry.server}/fleetdm/fleet:${tag}`];
  const installedChart = async () => {
    const [release] = JSON.parse(await helm(stack, "list", "--output", "json")) as { chart: string }[];
    return release?.chart;
  };
  const namedSecrets = async () => {
    const [deployment] = await stack.objects<{
      spec: { template: { spec: { imagePullSecrets: { name: string }[] } } };
    }>("deployments");
    return deployment?.spec.template.spec.imagePullSecrets.map(({ name }) => name) ?? [];
  };
  const madeSecrets = async () => (await pullSecrets(stack)).map(({ metadata }) => metadata.name);
  /** What must stay the same when an `up` is refused. */
  const running = async () => ({
    pods: await fleetPods(stack),
    chart: await installedChart(),
    ...(await stack.outputs()),
  });

  before(async () => {
    stack = await TestStack.create("upgrade", "first password", { "fleet:vulnProcessing": undefined });
    next = await nextChart(path.join(stack.backend, ".."));
    chartBefore = await stack.get("chart");
    await stack.deploy();
  });
  after(() => stack.remove());

  it("that gives the namespace its level of pod security changes the namespace alone", async () => {
    const before = await running();
    for (const level of ["privileged", "restricted"]) {
      await stack.set("podSecurity", level);
      assert.deepEqual(await stack.plan(), ["update kubernetes:core/v1:Namespace fleet"]);
      // The API server names pods that the new level would not take.
      assert.doesNotMatch(await stack.deploy(), /existing pods|violate/);
    }
    assert.deepEqual(await running(), before);
    assert.deepEqual(await stack.plan(), []);
  });

  it("is previewed as a check of the new image and an update of the release", async () => {
    await stack.set("imageTag", "v4.86.0");
    await stack.set("chart", next.path);
    assert.deepEqual(await stack.plan(), [
      "replace kubernetes:batch/v1:Job fleet-pull-check",
      "update kubernetes:helm.sh/v3:Release fleet",
    ]);
    const { stdout } = await stack.preview("--diff");
    assert.match(stdout, /"v4\.85\.0" => "v4\.86\.0"/);
    assert.ok(stdout.includes(`=> "${next.version}"`), stdout);
  });

  it("pulls the new image first, then goes on to the next version", async () => {
    const output = await stack.deploy();
    const position = (text: string) => {
      assert.ok(output.includes(text), text);
      return output.indexOf(text);
    };
    assert.ok(
      position("kubernetes:batch/v1:Job fleet-pull-check created replacement") <
        position("kubernetes:helm.sh/v3:Release fleet updating"),
    );
    assert.deepEqual(await images(), tagged("v4.86.0"));
    assert.equal(await installedChart(), `fleet-${next.version}`);
    assert.equal((await stack.outputs()).releaseRevision, 2);
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan(), []);
  });

  it("to an image that is not there changes nothing", async () => {
    const before = await running();
    await stack.set("imageTag", "v4.99.0");
    assert.match(failed(await stack.up()), /v4\.99\.0: not found/);
    assert.deepEqual(await running(), before);
  });

  it("to an image that cannot be read with the credential changes nothing", async () => {
    const before = await running();
    await stack.set("imageTag", "v4.85.0");
    await stack.accept("another password");
    assert.match(failed(await stack.up()), /401 Unauthorized/);
    assert.deepEqual(await running(), before);
    await stack.accept("first password");
  });

  it("is rolled back by an up of the old configuration", async () => {
    await stack.set("chart", chartBefore);
    await stack.deploy();
    assert.deepEqual(await images(), tagged("v4.85.0"));
    assert.notEqual(await installedChart(), `fleet-${next.version}`);
    assert.equal((await stack.outputs()).releaseRevision, 3);
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan(), []);
  });

  it("with `helm rollback` instead names a Secret that is gone; a plain preview does not see it, up --refresh repairs it", async () => {
    await stack.accept("second password");
    await stack.setPassword("second password");
    await stack.deploy();
    assert.deepEqual(await namedSecrets(), await madeSecrets());
    // As .github/workflows/drift.yml does.
    const driftCheck = () => stack.preview("--refresh", "--expect-no-changes", "--diff");
    succeeded(await driftCheck());

    await helm(stack, "rollback", "fleet", "3");
    assert.match(failed(await driftCheck()), /no changes were expected but changes were proposed/);
    const [named = ""] = await namedSecrets();
    assert.ok(named !== "" && !(await madeSecrets()).includes(named), named);
    assert.deepEqual(await stack.plan(), []);

    await stack.deploy("--refresh");
    assert.deepEqual(await namedSecrets(), await madeSecrets());
    await assertFleetAnswers(stack);
  });

  it("and a rotation is rolled back the same way, by an up of the old password", async () => {
    await stack.accept("first password");
    await stack.setPassword("first password");
    await stack.deploy();
    assert.deepEqual(await namedSecrets(), await madeSecrets());
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan(), []);
  });
});
