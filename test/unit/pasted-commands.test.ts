import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";

/** The blocks of commands of a page, without what is in quotes or goes to a command as its input. */
const commandsIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
    block
      .replace(/<<'END'\n.*?^END$/gms, "")
      .replace(/'[^']*'|"[^"]*"/g, "…")
      .split("\n"),
  );

describe("the commands of the documents", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...fs.readdirSync(path.join(checkout, "docs")).map((name) => `docs/${name}`),
  ];

  it("can be pasted into bash and zsh, which takes a # for a word, and * ? [ ] for the names of files", () => {
    const commands = pages
      .filter((page) => page.endsWith(".md"))
      .flatMap((page) =>
        commandsIn(fs.readFileSync(path.join(checkout, page), "utf8")).map((line) => `${page}: ${line}`),
      );
    assert.ok(commands.length > 100, `${commands.length} lines`);
    assert.deepEqual(
      commands.filter((line) => /\s#|[*?[\]]/.test(line)),
      [],
    );
  });
});
