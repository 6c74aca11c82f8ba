import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { issueText, type Issue } from "../../../../registry/issue";
import { checkout } from "../../../../local/support/paths";

/** Stands in for `pulumi`: previews until it is told to end, and writes down each signal. */
const pulumi = `#!/bin/sh
case "$1 $2" in
  "stack ls") if [ -e locked ]; then echo "error: not logged in" >&2; exit 255; fi; echo '[{"name":"dev"},{"name":"qa"}]' ;;
  "config get") exit 255 ;;
  "config set") cat > /dev/null ;;
  "preview --json")
    trap 'echo INT >> signals; exit 255' INT
    i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done ;;
esac
`;

describe("make rotate, the command", function () {
  this.timeout("1m");
  let folder = "";

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "rotate-command-"));
    fs.mkdirSync(path.join(folder, "bin"));
    fs.mkdirSync(path.join(folder, "tmp"));
    fs.writeFileSync(path.join(folder, "bin", "pulumi"), pulumi, { mode: 0o755 });
    fs.symlinkSync(path.join(checkout, "tsconfig.json"), path.join(folder, "tsconfig.json"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: fleet\n");
    for (const stack of ["dev", "qa"]) {
      const file = path.join(folder, `Pulumi.${stack}.yaml`);
      fs.writeFileSync(file, `config:\n  fleet:registries: { registry.example.com: { username: ${stack} } }\n`);
    }
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const program = [
    process.execPath,
    "--require",
    require.resolve("tsx/cjs"),
    path.join(checkout, "commands", "rotate", "main.ts"),
  ] as const;
  const run = (
    variables: Readonly<Record<string, string>>,
    {
      input,
      during,
      command: [executable, ...args] = program,
    }: {
      input?: string;
      during?: (stderr: string, kill: () => void) => void;
      command?: readonly [string, ...string[]];
    } = {},
  ) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(executable, args, {
        cwd: folder,
        env: {
          PATH: `${path.join(folder, "bin")}:${process.env.PATH}`,
          TMPDIR: path.join(folder, "tmp"),
          SERVER: "registry.example.com",
          STACKS: "dev,qa",
          ...variables,
        },
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        during?.(stderr, () => child.kill("SIGINT"));
      });
      if (input !== undefined) child.stdin.end(input);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
  /** What the document for machines says is wrong, as it is printed for people. */
  const mistakesIn = (stdout: string) => {
    const { outcome, problems } = JSON.parse(stdout) as { outcome: string; problems: Issue[] };
    assert.equal(outcome, "mistake");
    assert.ok(problems.every(({ code }) => typeof code === "string"));
    return problems.map(issueText);
  };
  const last = (text: string) => text.trim().split("\n").at(-1);
  const once = (what: string) => {
    let done = false;
    return (stderr: string, kill: () => void) => {
      if (done || !stderr.includes(what)) return;
      done = true;
      setTimeout(kill, 1500); // by then there is a preview to interrupt
    };
  };

  it("hands an interruption on to each Pulumi once, and leaves nothing behind", async () => {
    const { code, stdout } = await run({}, { input: "token", during: once("Previewing") });
    assert.deepEqual([code, stdout], [130, "\nInterrupted: nothing was changed.\n"]);
    assert.equal(fs.readFileSync(path.join(folder, "signals"), "utf8"), "INT\nINT\n");
    assert.deepEqual(
      fs.readdirSync(path.join(folder, "tmp")).filter((entry) => entry.startsWith("rotate-")),
      [],
    );
  });

  it("can be interrupted while it waits for the password", async () => {
    const { code, stdout } = await run({}, { during: once("✓ Looking for the stacks") });
    assert.deepEqual([code, stdout], [130, "\nInterrupted: nothing was changed.\n"]);
  });

  /** Runs it for a person and for a machine: what the last line on standard error is, the document has too. */
  const mistake = async (...[variables, options]: Parameters<typeof run>) => {
    const person = await run(variables, options);
    const machine = await run({ ...variables, JSON: "1" }, options);
    const problem = last(person.stderr);
    assert.deepEqual([person.code, person.stdout], [1, ""], person.stderr);
    assert.deepEqual([machine.code, last(machine.stderr)], [1, problem], machine.stderr);
    assert.deepEqual(mistakesIn(machine.stdout), [problem]);
    return { problem, printed: `${person.stderr}${machine.stdout}${machine.stderr}` };
  };

  it("says what is wrong with the request", async () => {
    const { problem } = await mistake({ STACKS: "dev prod" }, { input: "token" });
    assert.equal(problem, "prod: there is no such stack; the stacks are dev, qa");
    const all = await run({ SERVER: "", PARALLEL: "0", JSON: "1" });
    const problems = mistakesIn(all.stdout);
    assert.deepEqual([all.code, problems], [1, all.stderr.trim().split("\n")]);
    assert.equal(problems.length, 2);
  });

  it("says what is wrong with the password, and does not show it", async () => {
    const { problem, printed } = await mistake({}, { input: " marker" });
    assert.equal(
      problem,
      "The password begins or ends with white space; " +
        'set it again without: printf %s "$PASSWORD" | make rotate SERVER="registry.example.com" STACKS="dev,qa"',
    );
    assert.doesNotMatch(printed, /marker/);
  });

  it("says that there is no pulumi, or what that says of the backend", async () => {
    const none = await mistake({ PATH: path.join(folder, "tmp") });
    assert.equal(none.problem, "There is no pulumi on PATH; install the Pulumi command line: docs/first-deploy.md");
    fs.writeFileSync(path.join(folder, "locked"), "");
    assert.equal((await mistake({})).problem, "pulumi stack ls: not logged in");
  });

  it("takes its variables from make, and prints nothing beside the document", async () => {
    // As on a command line, but that `make` never installs here: the tests run with what is installed.
    const options = ["--silent", "--old-file=node_modules/.package-lock.json", "--directory", checkout];
    const variables = ["JSON=1", "SERVER=registry.example.com", "STACKS=dve dav,qaa"];
    const { code, stdout, stderr } = await run({}, { command: ["make", ...options, "rotate", ...variables] });
    const problems = [
      ["dve", "dev"],
      ["dav", "dev"],
      ["qaa", "qa"],
    ].map(([typed, meant]) => `${typed}: there is no such stack; did you mean ${meant}?`);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(`\n${problems.join("\n")}\n`), stderr);
    assert.deepEqual(mistakesIn(stdout), problems);
  });
});
