import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import * as yaml from "yaml";
import { drainCommand } from "../../../config/load";
import { checkout } from "../../../local/support/paths";

/** As Helm runs it: the manifests on standard input, no argument. */
function postRender(manifests: string) {
  const { status, stdout, stderr } = spawnSync(path.resolve(checkout, drainCommand), {
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

  it("takes empty documents, and a key that a chart rendered twice", () => {
    const twice = "---\n# nothing\n---\nkind: Job\nmetadata:\n  annotations:\n    a: one\n    a: two\n";
    const { status, objects } = postRender(twice);
    assert.equal(status, 0);
    assert.deepEqual(objects.length, 2);
  });

  it("fails where Helm's output is no YAML, instead of installing a part of it", () => {
    const { status, stderr } = postRender("kind: [");
    assert.notEqual(status, 0);
    assert.match(stderr, /kind: \[/);
  });
});
