import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";
import { tryRun } from "../../commands/process";

describe("a variable of make", function () {
  this.timeout("1m");
  let folder = "";

  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "makefile-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** `make`, but that it never installs here: the tests run with what is installed. */
  const make = (...args: readonly string[]) =>
    tryRun("make", ["--silent", "--old-file=node_modules/.package-lock.json", ...args], { cwd: checkout });

  /** What would leave a file behind if a shell or make itself took it for code. */
  const hostile = () => {
    const file = (name: string) => path.join(folder, name);
    return (
      `'; touch ${file("quote")}; '"; touch ${file("double-quote")}; "` +
      `$(touch ${file("shell")})$$(touch ${file("escaped")})\`touch ${file("backquote")}\`` +
      `$(shell touch ${file("make")})\n\ttouch ${file("line")}`
    );
  };

  for (const target of ["explain", "rotate", "check-stacks", "check-expiry", "repair"]) {
    it(`is text to make ${target}, whatever is in it`, async () => {
      const names = [
        "STACK",
        "STACKS",
        "SERVER",
        "CONFIG_FILE",
        "PUBLIC",
        "JSON",
        "DAYS",
        "SVG",
        "TS",
        "MOCHA",
        "MAKEFILE_LIST",
      ];
      await make(target, ...names.map((name) => `${name}=${hostile()}`));
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  }

  it("arrives as it was given", async () => {
    const stack = `it's "$(touch x)" $$HOME`;
    const { code, stderr } = await make("explain", `STACK=${stack}`);
    assert.equal(code, 2);
    assert.ok(stderr.startsWith(`STACK is ${JSON.stringify(stack)}, which no stack is called; `), stderr);
  });

  it("names no variable in a recipe, but for those that the Makefile sets itself", () => {
    const recipes = fs
      .readFileSync(path.join(checkout, "Makefile"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("\t"));
    const named = recipes.flatMap((line) => line.match(/(?<!\$)\$(\(\w+|\{\w+|[^$])/g) ?? []);
    assert.deepEqual([...new Set(named)].sort(), ["$(MOCHA", "$(TS", "$*", "$@"]);
  });
});
