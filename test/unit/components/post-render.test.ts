import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import * as yaml from "yaml";
import { deadlineCommand, drainCommand } from "../../../config/load";
import { checkout } from "../../../local/support/paths";

/** As Helm runs it: the manifests on standard input, no argument. */
function postRender(manifests: string, command = drainCommand) {
  const { status, stdout, stderr } = spawnSync(path.resolve(checkout, command), {
    input: manifests,
    encoding: "utf8",
  });
  return {
    status,
    stdout,
    stderr,
    objects: yaml.parseAllDocuments(stdout, { uniqueKeys: false }).map((document) => document.toJS() as unknown),
  };
}

const deployment = (name: string, ...containers: object[]) => ({
  kind: "Deployment",
  metadata: { name },
  spec: { template: { spec: { containers } } },
});
const text = (...objects: unknown[]) => objects.map((object) => `---\n${yaml.stringify(object)}`).join("");
const drained = { preStop: { sleep: { seconds: 5 } } };

describe("the post-renderer that lets Fleet's pods drain", () => {
  it("gives Fleet's own container a preStop, and leaves everything else as it is", () => {
    const others = [
      deployment("other", { name: "fleet" }),
      { kind: "Service", metadata: { name: "fleet" }, spec: { clusterIP: "None" } },
      { kind: "ConfigMap", data: { number: "0123", text: "a: b\n# c\n", long: "x ".repeat(200), on: "on" } },
    ];
    const fleet = deployment("fleet", { name: "fleet", image: "a:1" }, { name: "cloudsql-proxy" });
    const { status, objects } = postRender(text(...others, fleet));
    assert.equal(status, 0);
    const wanted = deployment("fleet", { name: "fleet", image: "a:1", lifecycle: drained }, { name: "cloudsql-proxy" });
    assert.deepEqual(objects, [...others, wanted]);
  });

  it("leaves every other byte alone: Helm reads some numbers otherwise than the parser here", () => {
    const before = "---\n# Source: a.yaml\nkind: Secret\nmode: 0644\nid: 1234567890123456789\non: yes\n---\n---\n";
    const deployment = [
      "kind: Deployment",
      "metadata: { name: fleet }",
      "spec:",
      "  template:",
      "    spec:",
      "      containers:",
      "      - name: fleet",
      "        image: 'a:1'   # why",
      "      volumes: [{ secret: { defaultMode: 0400 } }]",
      "",
    ].join("\n");
    const wanted = deployment.replace("- name", "- lifecycle: { preStop: { sleep: { seconds: 5 } } }\n        name");
    assert.equal(postRender(before + deployment).stdout, before + wanted);
  });

  it("takes a container in braces", () => {
    const containers = (text: string) =>
      `{ kind: Deployment, metadata: { name: fleet }, spec: { template: { spec: { containers: [{ ${text} }] } } } }\n`;
    assert.equal(
      postRender(containers('"name": fleet')).stdout,
      containers('lifecycle: { preStop: { sleep: { seconds: 5 } } }, "name": fleet'),
    );
  });

  it("leaves a lifecycle alone that the chart has", () => {
    const fleet = deployment("fleet", { name: "fleet", lifecycle: { preStop: { exec: { command: ["x"] } } } });
    assert.deepEqual(postRender(text(fleet)).objects, [fleet]);
  });

  it("leaves a release alone that has nothing to add to", () => {
    const others =
      "---\n# Source: x\nkind: CronJob\nmetadata: { name: other }\nspec: { schedule: 0 * * * * }\n---\nkind: List\n";
    for (const command of [drainCommand, deadlineCommand]) assert.equal(postRender(others, command).stdout, others);
  });

  it("takes empty documents, and a key that a chart rendered twice", () => {
    const twice = "---\n# nothing\n---\nkind: Job\nmetadata:\n  annotations:\n    a: one\n    a: two\n";
    const { status, objects } = postRender(twice);
    assert.equal(status, 0);
    assert.deepEqual(objects.length, 2);
  });

  it("fails where Helm's output is no YAML, instead of installing a part of it, and quotes nothing of it", () => {
    const { status, stdout, stderr } = postRender("kind: Secret\nstringData: { key: marker");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.equal(stderr, "the chart's manifests are not YAML at line 2, column 26\n");
  });
});

describe("the post-renderer that gives Fleet a /tmp", () => {
  const container = "name: fleet\n        securityContext: { readOnlyRootFilesystem: true }\n";
  const fleet = (pod: string, inContainer: string) =>
    `---\nkind: Deployment\nmetadata: { name: fleet }\nspec:\n  template:\n    spec:\n      ${pod}hostPID: false\n` +
    `      containers:\n      - ${inContainer}${container}`;
  const plain = fleet("", "");

  it("adds it where the chart mounts nothing, to what it adds besides, and no other byte changes", () => {
    const pod = "volumes: [{ name: tmp, emptyDir: {} }]\n      ";
    const mounts = "volumeMounts: [{ name: tmp, mountPath: /tmp }]\n        ";
    const drain = "lifecycle: { preStop: { sleep: { seconds: 5 } } }\n        ";
    assert.equal(postRender(plain + plain, deadlineCommand).stdout, fleet(pod, mounts) + fleet(pod, mounts));
    assert.equal(postRender(plain).stdout, fleet(pod, drain + mounts));
  });

  const untouched = {
    "has volumes": fleet("volumes: []\n      ", ""),
    "has mounts": fleet("", "volumeMounts: []\n        "),
    "may write to its root": plain.replace("true", "false"),
    "says nothing of its root": plain.replace("readOnlyRootFilesystem: true", ""),
    "is another": plain.replace("{ name: fleet }", "{ name: other }"),
    "has no container of Fleet": plain.replace("name: fleet\n", "name: other\n"),
  };
  for (const [what, text] of Object.entries(untouched)) {
    it(`leaves a Deployment as it is that ${what}`, () => assert.equal(postRender(text, deadlineCommand).stdout, text));
  }
});

describe("the post-renderer that ends runs of the CronJob", () => {
  const deployment =
    "---\nkind: Deployment\nmetadata: { name: fleet }\nspec: { template: { spec: { containers: [{ name: fleet }] } } }\n";
  const cronJob = (schedule: string, run: string) =>
    `---\n# Source: b.yaml\nkind: CronJob\nmetadata:\n  name: fleet-vulnprocessing\nspec:\n  schedule: ${schedule}\n  jobTemplate:\n    spec:\n${run}`;
  const run = "      ttlSecondsAfterFinished: 0100 # why\n      template: {}\n";
  const ending = `      activeDeadlineSeconds: 5400\n${run}`;
  const comment = "# activeDeadlineSeconds: 5400";

  for (const schedule of [`0 * * * * ${comment}`, `"*/5 * * * *" ${comment}`]) {
    it(`after the time that stands behind ${schedule}, and no other byte changes`, () => {
      const text = deployment + cronJob(schedule, run) + deployment;
      const wanted = deployment + cronJob(schedule, ending) + deployment;
      assert.equal(postRender(text, deadlineCommand).stdout, wanted);
      const drains = "[{ lifecycle: { preStop: { sleep: { seconds: 5 } } }, name: fleet }]";
      assert.equal(postRender(text).stdout, wanted.replaceAll("[{ name: fleet }]", drains));
    });
  }

  const untouched = {
    "without a time": cronJob("0 * * * *", run),
    "with another comment": cronJob("0 * * * * # activeDeadlineSeconds: soon", run),
    "with a deadline of the chart's own": cronJob(`0 * * * * ${comment}`, `      activeDeadlineSeconds: 7\n${run}`),
    "of another name": cronJob(`0 * * * * ${comment}`, run).replace("fleet-vulnprocessing", "fleet-cleanup"),
    "that runs nothing": cronJob(`0 * * * * ${comment}`, "      null\n"),
  };
  for (const [what, text] of Object.entries(untouched)) {
    it(`leaves one ${what} as it is`, () => assert.equal(postRender(text, deadlineCommand).stdout, text));
  }
});
