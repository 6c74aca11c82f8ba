import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...fs.readdirSync(path.join(checkout, "docs")).map((f) => `docs/${f}`),
];

const snippets = documents
  .filter((file) => file.endsWith(".md"))
  .flatMap((file) =>
    [...fs.readFileSync(path.join(checkout, file), "utf8").matchAll(/^( *)```sh\n(.*?)^\1```$/gms)].map(
      ([, , code = ""]) => ({ file, code }),
    ),
  );

describe("the commands in the documents", () => {
  it("are what bash reads", () => {
    assert.ok(snippets.length > 30, `${snippets.length} snippets`);
    for (const { code } of snippets) execFileSync("bash", ["-n"], { input: code });
  });

  // Where zsh runs by hand, a comment is one argument more, and a pattern that fits no file is an error.
  it("can be pasted into zsh: no comment, and no pattern without quotes", () => {
    const bare = snippets.map(({ file, code }) => {
      const [command = ""] = code.split(/<<'END'$/m);
      return `${file}: ${command.replace(/'[^']*'|"[^"]*"/g, "")}`;
    });
    assert.deepEqual(
      bare.filter((text) => /[#*?[\]]/.test(text)),
      [],
    );
  });
});
