import { strict as assert } from "node:assert";
import * as path from "node:path";
import { session } from "../support/session";
import { filesIn, helmRelease, leaks } from "../support/leaks";
import type { KubernetesObject } from "../support/objects";
import { TestStack } from "../support/test-stack";

/** Passwords that no search can mistake for anything else, and that are hard to quote. */
const markers = [
  "marker-first-0a1b2c3d4e5f",
  `marker 'second' "$HOME" \\ 100% [a-z]+ €🔑`,
  "bWFya2VyLXRoaXJkLWJhc2U2NA==",
];

describe("a password", function () {
  this.timeout("8m");
  let stack: TestStack;
  const printed = new Map<string, string>();

  before(async () => {
    stack = await TestStack.create("leaks", markers[0] ?? "");
    for (const [i, marker] of markers.entries()) {
      await stack.accept(marker);
      await stack.setPassword(marker);
      for (const [name, result] of [
        ["preview", await stack.preview("--diff")],
        ["preview --json", await stack.preview("--json")],
        ["up", await stack.up()],
      ] as const) {
        assert.equal(result.code, 0, `${name}: ${result.stderr}`);
        printed.set(`${name} ${i}`, `${result.stdout}\n${result.stderr}`);
      }
    }
    await stack.setPassword("marker-wrong-6f7a8b9c0d1e");
    const refused = await stack.up();
    assert.notEqual(refused.code, 0);
    printed.set("refused up", `${refused.stdout}\n${refused.stderr}`);
  });
  after(() => stack.remove());

  const nowhere = (places: ReadonlyMap<string, string>) => {
    assert.notEqual(places.size, 0);
    for (const marker of [...markers, "marker-wrong-6f7a8b9c0d1e"]) assert.deepEqual(leaks(marker, places), []);
  };

  it("is in nothing that Pulumi prints", () => nowhere(printed));

  it("is in no file of the state, its history and its backups", () => nowhere(filesIn(stack.backend)));

  it("is in no Helm release", async () => {
    const secrets = await stack.objects<KubernetesObject>("secrets", "--field-selector=type=helm.sh/release.v1");
    nowhere(new Map(secrets.map(({ metadata, data }) => [metadata.name, helmRelease(data)])));
  });

  it("is in no object of the namespace but the pull Secret, and in no event", async () => {
    const kinds = "events,pods,jobs,cronjobs,deployments,statefulsets,configmaps,controllerrevisions";
    const objects = await stack.objects<KubernetesObject>(kinds);
    nowhere(new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, JSON.stringify(object)])));
  });

  it("is in no log of this machine's cluster and providers, which show that they were written", () => {
    const logs = filesIn(path.dirname(session().cluster.registry.logFile));
    assert.match([...logs.values()].join("\n"), new RegExp(stack.username));
    nowhere(logs);
  });
});
