import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkout } from "../../../../local/support/paths";

/** Stands in for `pulumi`: a state with one operation that is unfinished, and a stack whose kubeconfig is content. */
const pulumi = `#!/bin/sh
case "$1 $2 $3" in
  "stack export "*)
    echo '{"deployment":{"pending_operations":[{"type":"updating","resource":{"urn":"urn:pulumi:dev::fleet::t::a"}}]}}' ;;
  "config get kubernetes:kubeconfig") if [ -e no-passphrase ]; then echo "error: incorrect passphrase" >&2; exit 255; fi
    echo '{"apiVersion":"v1","kind":"Config"}' ;;
  "config get "*) echo "warning: of something" >&2; echo "error: configuration key 'x' not found for stack 'dev'" >&2; exit 255 ;;
  "refresh "*) trap 'echo INT >> signals; exit 255' INT; echo begun > refresh
    i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done ;;
esac
`;

/** Stands in for `kubectl`: it has nothing, or never answers. */
const kubectl = `#!/bin/sh
echo "$@" >> asked
if [ -e silent ]; then exec sleep 30; fi
case "$2" in secrets) ;; *) echo '{"items":[]}' ;; esac
`;

describe("make repair, the command", function () {
  this.timeout("1m");
  let folder = "";

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "repair-command-"));
    for (const name of ["bin", "tmp"]) fs.mkdirSync(path.join(folder, name));
    for (const [name, text] of Object.entries({ pulumi, kubectl }))
      fs.writeFileSync(path.join(folder, "bin", name), text, { mode: 0o755 });
    fs.symlinkSync(path.join(checkout, "tsconfig.json"), path.join(folder, "tsconfig.json"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: fleet\n");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const has = (name: string) => fs.existsSync(path.join(folder, name));
  const put = (name: string) => fs.writeFileSync(path.join(folder, name), "");

  /** @param interruptAt the file that is there when Ctrl-C is pressed, which reaches all processes of the terminal */
  const run = (variables: Readonly<Record<string, string>>, interruptAt?: string) =>
    new Promise<{ code: number | null; stderr: string; last?: string }>((resolve) => {
      const main = JSON.stringify(path.join(checkout, "commands/repair/main"));
      const find = JSON.stringify(path.join(folder, "bin/kubectl"));
      const program = `require(${main}).repair({ findHelm: async () => "", findKubectl: async () => ${find} })`;
      const child = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), "--eval", program], {
        cwd: folder,
        env: {
          PATH: `${path.join(folder, "bin")}:${process.env.PATH}`,
          TMPDIR: path.join(folder, "tmp"),
          STACK: "dev",
          ...variables,
        },
        stdio: ["ignore", "ignore", "pipe"],
        detached: true,
      });
      const watch = setInterval(() => {
        if (interruptAt === undefined || !has(interruptAt) || child.pid === undefined) return;
        clearInterval(watch);
        setTimeout(() => process.kill(-(child.pid ?? 0), "SIGINT"), 300);
      }, 50);
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("close", (code) => {
        clearInterval(watch);
        resolve({ code, stderr, last: stderr.trim().split("\n").at(-1) });
      });
    });
  const kubeconfigs = () => fs.readdirSync(path.join(folder, "tmp")).filter((name) => name.startsWith("repair-"));
  const interrupted = "Interrupted: what was not begun is as it was; run make repair STACK=dev again.";

  it("asks no cluster where it cannot read which one is the stack's", async () => {
    put("no-passphrase");
    const { code, last } = await run({});
    assert.deepEqual([code, last], [1, "pulumi config get kubernetes:kubeconfig: incorrect passphrase"]);
    const file = path.join(folder, "Pulumi.dve.yaml");
    const other = await run({ CONFIG_FILE: file });
    const fix = "name the stack's file, or leave it out for the one that Pulumi takes";
    assert.deepEqual([other.code, other.stderr], [1, `CONFIG_FILE is ${file}, which is no file; ${fix}\n`]);
    assert.ok(!has("asked"));
  });

  it("says where there is no project", async () => {
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    const { code, stderr } = await run({});
    assert.deepEqual([code, stderr], [1, `${folder} has no Pulumi.yaml; run it in the folder of a project\n`]);
  });

  it("leaves no kubeconfig behind when it is interrupted while it looks", async () => {
    put("silent");
    const { code, last } = await run({}, "asked");
    assert.deepEqual([code, last, kubeconfigs()], [130, interrupted, []]);
  });

  it("hands an interruption on to Pulumi once", async () => {
    const { code, last } = await run({ YES: "1" }, "refresh");
    assert.deepEqual([code, last, kubeconfigs()], [130, interrupted, []]);
    assert.equal(fs.readFileSync(path.join(folder, "signals"), "utf8"), "INT\n");
  });
});
