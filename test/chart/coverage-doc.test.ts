import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { publicRegistries } from "../../commands/coverage/known-registries";
import { coverageDoc, examplesIn, replaceOutputs } from "../support/coverage-doc";

const rewrite = "UPDATE_DOCS=1 npx mocha test/chart/coverage-doc.test.ts";

/** With `UPDATE_DOCS=1`, the document gets what is printed instead of being compared with it. */
describe("docs/coverage.md", function () {
  this.timeout("1m");
  const text = fs.readFileSync(coverageDoc, "utf8");
  const examples = examplesIn(text);
  const outputs = new Map<string, string>();

  after(() => {
    if (process.env.UPDATE_DOCS === "1") fs.writeFileSync(coverageDoc, replaceOutputs(text, outputs));
  });

  it("shows ten mistakes and more, each under a title of its own", () => {
    const mistakes = examples.filter(({ title }) => /^\d+\. /.test(title));
    assert.ok(mistakes.length >= 10);
    mistakes.forEach(({ title }, i) => assert.ok(title.startsWith(`${i + 1}. `), title));
    assert.equal(new Set(examples.map(({ title }) => title)).size, examples.length);
  });

  it("names every registry that counts as public", () => {
    const [, section = ""] = text.split("## What counts as private");
    const [list = ""] = section.split(";");
    const named = [...list.matchAll(/`([^`]+)`/g)].map(([, host]) => host);
    assert.deepEqual(named, publicRegistries);
  });

  for (const { title, output, run } of examples) {
    it(`says what is printed: ${title}`, async () => {
      const printed = await run();
      outputs.set(title, printed);
      if (process.env.UPDATE_DOCS !== "1") assert.equal(output, printed, `to rewrite it: ${rewrite}`);
      // A mistake about which nothing is said would be none to show.
      if (/^\d+\. /.test(title)) assert.match(printed, /^(error|warning): |^fleet:registries\[/m);
    });
  }
});
