import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as yaml from "yaml";
import { findInIndex } from "../../../preflight/chart-index";

/** What Helm writes of one version, with a dependency and texts that look like versions. */
const entry = (name: string, version: string, description = "Fleet") => ({
  apiVersion: "v2",
  dependencies: [
    { condition: "mysql.enabled", name: "mysql", version: "12.1.0" },
    { version: "0.1.0", name: "valkey" },
  ],
  description,
  keywords: ["version: 9.9.9"],
  name,
  urls: [`https://example.test/${name}-${version}.tgz`],
  version,
});

const written = (charts: Readonly<Record<string, readonly object[]>>, indentSeq: boolean) =>
  yaml.stringify({ apiVersion: "v1", entries: charts, generated: "2026-11-23T00:00:00Z" }, { indentSeq });

const text = "Text.\n\nversion: 8.8.8\n  version: 7.7.7\n# no comment\n- version: 6.6.6\nentries:\n\nend";

describe("the index of a chart repository", () => {
  const charts = {
    addon: [entry("addon", "0.3.0")],
    fleet: [entry("fleet", "v7.0.2", text), entry("fleet", "7.0.1+build.5"), entry("fleet", "7.0.0-rc.1")],
  };

  it("has the versions of a chart, and none of its dependencies or texts", () => {
    for (const indentSeq of [false, true]) {
      const index = written(charts, indentSeq);
      for (const one of [index, index.replaceAll("\n", "\r\n")]) {
        assert.deepEqual(findInIndex(one, "fleet"), {
          kind: "versions",
          versions: ["v7.0.2", "7.0.1+build.5", "7.0.0-rc.1"],
        });
        assert.deepEqual(findInIndex(one, "addon"), { kind: "versions", versions: ["0.3.0"] });
      }
    }
  });

  it("tells which charts it has when it has not this one", () => {
    assert.deepEqual(findInIndex(written(charts, false), "flee"), { kind: "charts", charts: ["addon", "fleet"] });
    assert.deepEqual(findInIndex("apiVersion: v1\nentries: {}\n", "fleet"), { kind: "charts", charts: [] });
  });

  const head = "apiVersion: v1\nentries:\n";
  const unreadable: Readonly<Record<string, string>> = {
    "nothing at all": "",
    "a web page": "<html>\n<body>\nentries:\n</body>",
    JSON: JSON.stringify({ entries: charts }),
    "entries in flow style": "entries: {fleet: [{version: 7.0.2}]}\n",
    "a chart in flow style": `${head}  fleet: [{version: 7.0.2}]\n`,
    "a version in flow style": `${head}  fleet:\n  - {version: 7.0.2}\n`,
    "an item that begins in the next line": `${head}  fleet:\n  -\n    version: 7.0.2\n`,
    "an anchor": `${head}  fleet: &fleet\n  - version: 7.0.2\n`,
    "an alias": `${head}  fleet:\n  - name: fleet\n    version: *version\n`,
    "a merged item": `${head}  fleet:\n  - version: 7.0.1\n  - <<: *other\n`,
    "a version with a comment": `${head}  fleet:\n  - version: 7.0.2 # newest\n`,
    "an item without a version": `${head}  fleet:\n  - name: fleet\n  - version: 7.0.2\n`,
    "an item with two": `${head}  fleet:\n  - version: 7.0.2\n    version: 7.0.1\n  - name: fleet\n`,
    "items of two widths": `${head}  fleet:\n  -   version: 7.0.2\n  - version: 7.0.1\n`,
    "a key with a tab": `${head}\tfleet:\n\t- version: 7.0.2\n`,
    "a chart twice": `${head}  fleet:\n  - version: 7.0.2\n  fleet:\n  - version: 7.0.1\n`,
    "a chart without a list": `${head}  fleet:\n  other:\n  - version: 7.0.1\n`,
    "no entry": `${head}generated: now\n`,
  };
  for (const [what, index] of Object.entries(unreadable)) {
    it(`is not judged with ${what}`, () => assert.equal(findInIndex(index, "fleet"), undefined));
  }

  it("is read as a YAML parser reads it, whatever the texts are", () => {
    const item = fc.tuple(fc.stringMatching(/^v?\d\.\d{1,2}\.\d(-rc\.\d)?$/), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), fc.boolean(), (items, indentSeq) => {
        const fleet = items.map(([version, description]) => entry("fleet", version, description));
        const index = written({ addon: charts.addon, fleet }, indentSeq);
        const answer = findInIndex(index, "fleet");
        // Not to know is allowed, to be wrong is not.
        if (answer !== undefined) assert.deepEqual(answer, { kind: "versions", versions: items.map(([one]) => one) });
      }),
      { numRuns: 300 },
    );
  });

  it("of 500 versions takes no time that a preview would feel", () => {
    const versions = Array.from({ length: 500 }, (_, i) => `7.${500 - i}.0`);
    const index = written({ fleet: versions.map((version) => entry("fleet", version, text)) }, false);
    const start = performance.now();
    assert.deepEqual(findInIndex(index, "fleet"), { kind: "versions", versions });
    assert.ok(performance.now() - start < 200, `${performance.now() - start} ms`); // 10 ms on a quiet machine
  });
});
