import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkout, cacheDir } from "../../local/support/paths";
import { run, tryRun } from "../../commands/process";
import { placesOf } from "../../local/cluster/places";
import { commandOf, markedProcesses } from "../../local/cluster/processes";
import { assertShown } from "../support/make-local";

/** What a container engine leaves root by default. */
const ofContainer =
  "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap";

const isRoot = process.getuid?.() === 0;

/** Who runs `make local`; every one of them has a simulated node. Only root can become another one. */
const people: readonly { readonly name: string; readonly uid: number; readonly become: readonly string[] }[] = isRoot
  ? [
      { name: "an ordinary user", uid: 1000, become: ["--reuid=1000", "--regid=1000", "--clear-groups"] },
      {
        name: "root in a container",
        uid: 0,
        become: [`--bounding-set=-all,${ofContainer.replace(/\w+/g, "+$&")}`, "--inh-caps=-all"],
      },
    ].map((one) => ({ ...one, become: ["setpriv", ...one.become, "--"] }))
  : [{ name: "this user", uid: process.getuid?.() ?? 0, become: [] }];

/** A checkout of its own with its modules, a home, and the tools that are cached already, all of them a user's. */
async function checkoutOf(uid: number): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "make-local-"));
  fs.chmodSync(folder, 0o755);
  const copy = path.join(folder, "checkout");
  fs.mkdirSync(copy);
  const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: checkout });
  const files = listed.split("\0").filter((name) => name !== "" && fs.existsSync(path.join(checkout, name)));
  for (const name of files) fs.cpSync(path.join(checkout, name), path.join(copy, name), { preserveTimestamps: true });
  // As links where they can be: hundreds of megabytes.
  const link = async (from: string, to: string) => {
    const { code } = await tryRun("cp", ["-al", from, to]);
    if (code === 0) return;
    fs.rmSync(to, { recursive: true, force: true });
    await run("cp", ["-a", from, to]);
  };
  await link(path.join(checkout, "node_modules"), path.join(copy, "node_modules"));
  // By its time, make knows that nothing has to be installed; a file of its own, which the checkout does not share.
  const installed = ["node_modules", ".package-lock.json"];
  fs.rmSync(path.join(copy, ...installed));
  fs.copyFileSync(path.join(checkout, ...installed), path.join(copy, ...installed));
  const cache = path.join(folder, "cache");
  fs.mkdirSync(cache);
  if (fs.existsSync(cacheDir)) await link(cacheDir, path.join(cache, path.basename(cacheDir)));
  fs.mkdirSync(path.join(folder, "home"));
  // Folders and the project's own files alone: what is linked belongs to the checkout that is tested.
  const owned = [folder, "-type", "d", "-o", "-path", `${copy}/*`, "-links", "1"];
  if (isRoot)
    await run("find", [
      ...owned.slice(0, 1),
      "(",
      ...owned.slice(1),
      ")",
      "-exec",
      "chown",
      `${uid}:${uid}`,
      "{}",
      "+",
    ]);
  return folder;
}

describe("make local on a machine that can have no real node", function () {
  this.timeout("8m"); // for a busy machine

  for (const { name, uid, become } of people) {
    describe(`as ${name}`, () => {
      let folder: string;
      const make = (target: string) => {
        const env = {
          HOME: path.join(folder, "home"),
          XDG_CACHE_HOME: path.join(folder, "cache"),
          LOCAL_NODE: undefined,
          // Of the `make` that these tests run in.
          MAKELEVEL: undefined,
          MAKEFLAGS: undefined,
        };
        const [command = "", ...args] = [...become, "make", target];
        return tryRun(command, args, { cwd: path.join(folder, "checkout"), env: { ...env, KUBECONFIG: undefined } });
      };
      const state = () => path.join(folder, "checkout", ".local");

      before(async () => {
        folder = await checkoutOf(uid);
      });
      after(async () => {
        if (fs.existsSync(state())) await make("local-down");
        fs.rmSync(folder, { recursive: true });
      });

      it("deploys, rotates, and has a wrong password refused by the registry", async () => {
        const { code, stdout, stderr } = await make("local");
        assert.equal(code, 0, `${stdout}\n${stderr}`);
        assert.match(stderr, /^This is a simulated node: nothing is pulled and no container runs; .*\.$/m);
        assertShown(stdout);
        assert.match(stdout, /"releaseRevision": [2-9]/);
        assert.doesNotMatch(stdout, /^up: /m);
      });

      it("has all of its programs in the state folder's care, as that user, on the loopback alone", () => {
        const pids = markedProcesses(placesOf(state()));
        assert.equal(pids.length, 6, pids.map((pid) => commandOf(pid)).join());
        for (const pid of pids) assert.equal(fs.statSync(`/proc/${pid}`).uid, uid);
      });

      if (isRoot && uid !== 0)
        it("is refused in one sentence where root was at work", async () => {
          const pulumiHome = path.join(state(), "pulumi-home");
          fs.chownSync(pulumiHome, 0, 0);
          try {
            for (const target of ["local", "local-down"]) {
              const { code, stdout, stderr } = await make(target);
              assert.deepEqual([code, stdout], [2, ""]);
              assert.match(
                stderr,
                /^\.local\/pulumi-home belongs to root; run make local-down as that user first\.\n(make: .*\n)$/,
              );
            }
          } finally {
            fs.chownSync(pulumiHome, uid, uid);
          }
        });

      it("is taken away by make local-down: no process and no file is left", async () => {
        const { code, stderr } = await make("local-down");
        assert.equal(code, 0, stderr);
        assert.deepEqual(markedProcesses(placesOf(state())), []);
        assert.ok(!fs.existsSync(state()));
        // Go's own records, wherever it is called.
        const written = fs.readdirSync(path.join(folder, "home"), { recursive: true }).map(String);
        assert.deepEqual(
          written.filter((name) => name !== ".config" && !name.startsWith(".config/go")),
          [],
        );
      });
    });
  }
});
