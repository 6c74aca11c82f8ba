import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkout } from "../../../local/support/paths";

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
      fs.writeFileSync(file, "config:\n  fleet:registries: { registry.example.com: { username: a } }\n");
    }
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const run = (
    variables: Readonly<Record<string, string>>,
    { input, during }: { input?: string; during?: (stderr: string, kill: () => void) => void } = {},
  ) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const typescript = path.join(checkout, "node_modules", "ts-node", "register", "transpile-only");
      const child = spawn(process.execPath, ["--require", typescript, path.join(checkout, "rotate", "main.ts")], {
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

  it("says what is wrong with the request, for machines too", async () => {
    const { code, stdout, stderr } = await run({ STACKS: "dev prod", JSON: "1" }, { input: "token" });
    const problems = ["prod: there is no such stack; the stacks are dev, qa"];
    assert.deepEqual([code, last(stderr), JSON.parse(stdout)], [1, problems[0], { outcome: "mistake", problems }]);
  });

  it("says what is wrong with the password, and does not show it", async () => {
    const { code, stdout, stderr } = await run({}, { input: " marker" });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(
      last(stderr),
      "The password begins or ends with white space; " +
        'set it again without: printf %s "$PASSWORD" | make rotate SERVER=registry.example.com STACKS="dev,qa"',
    );
    assert.doesNotMatch(stderr, /marker/);
  });

  it("says that there is no pulumi, or what that says of the backend", async () => {
    const none = await run({ PATH: path.join(folder, "tmp") });
    assert.equal(none.code, 1);
    assert.equal(
      last(none.stderr),
      "There is no pulumi on PATH; install the Pulumi command line: docs/first-deploy.md",
    );
    fs.writeFileSync(path.join(folder, "locked"), "");
    const refused = await run({});
    assert.deepEqual([refused.code, last(refused.stderr)], [1, "pulumi stack ls: not logged in"]);
  });
});
