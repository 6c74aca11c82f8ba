import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";
import { problemsIn, sentencesIn, type FixedParts } from "./support/source-texts";

/** What `make explain` says of keys, and what a registry's answers are called: neither is a mistake of the configuration. */
const elsewhere = /^registry\/(keyring\.ts|unmatchable\.ts|client\/image-verdict\.ts)/;

/** A line for each row of a table, as it is read. */
const lines = fs
  .readFileSync(path.join(checkout, "docs/troubleshooting.md"), "utf8")
  .replaceAll("\\|", "|")
  .split("\n");

/** Whether one line has all the words of a message, in their order. */
function isTold(parts: FixedParts): boolean {
  const words = parts.map((part) => part.replace(/^[\s,()[\]]+|[\s,()[\]]+$/g, "")).filter((part) => part !== "");
  return lines.some((line) => {
    let from = 0;
    return words.every((word) => {
      const at = line.indexOf(word, from);
      from = at + word.length;
      return at >= 0;
    });
  });
}

const sources = (folder: string) =>
  fs
    .readdirSync(path.join(checkout, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => file.endsWith(".ts"));

describe("docs/troubleshooting.md", () => {
  const told = ["config", "preflight", "components", "registry", "commands/rotate"]
    .flatMap(sources)
    .filter((file) => !elsewhere.test(file));
  const outer = ["preflight", "components", "commands/rotate"].flatMap(sources);

  for (const [what, files, textsIn, least] of [
    ["problem with what a user wrote", told, problemsIn, 100],
    ["other sentence with what to do", outer, sentencesIn, 10],
  ] as const) {
    it(`has a row for every ${what}`, () => {
      const texts = files.flatMap((file) => textsIn(path.join(checkout, file)).map((parts) => ({ file, parts })));
      assert.ok(texts.length > least, `${texts.length} texts`);
      const missing = texts.filter(({ parts }) => !isTold(parts));
      assert.deepEqual(
        missing.map(({ file, parts }) => `${file}: ${parts.join("…")}`),
        [],
      );
    });
  }

  it("has none for what nobody says", () => {
    assert.ok(isTold(["is not a map"]) && isTold(["names the Secret ", ", which has the type ", ""]));
    assert.ok(!isTold(["is not a triangle"]) && !isTold(["bytes", "has fewer than "]));
  });
});
