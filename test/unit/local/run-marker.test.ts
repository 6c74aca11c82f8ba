import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { beginRun, clearRun, endRun } from "../../../local/run-marker";
import { UserError } from "../../../components/user-error";

describe("the mark of a run", () => {
  let folder = "";
  const mark = () => path.join(folder, "unfinished");
  beforeEach(() => (folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "run-")), "stack")));
  afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true }));

  it("is there from the beginning to a good end", () => {
    assert.equal(beginRun(folder), false);
    assert.ok(fs.existsSync(mark()));
    endRun(folder);
    assert.equal(beginRun(folder), false);
  });

  it("keeps a second run away while the first is at work", () => {
    beginRun(folder);
    assert.throws(() => beginRun(folder), new UserError(busy));
  });

  it("tells of a run that was killed, and stays until what it made is cleared and made anew", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    await once(child, "spawn");
    beginRun(folder);
    const own = fs.readFileSync(mark(), "utf8");
    fs.writeFileSync(mark(), own.replace(String(process.pid), String(child.pid)));
    // A process of that number runs, but it began at another time.
    if (fs.existsSync("/proc")) assert.equal(beginRun(folder), true);
    child.kill("SIGKILL");
    await once(child, "close");
    fs.writeFileSync(mark(), own.replace(String(process.pid), String(child.pid)));
    assert.equal(beginRun(folder), true);

    fs.mkdirSync(path.join(folder, "state", "locks"), { recursive: true });
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "half made");
    clearRun(folder);
    assert.deepEqual(fs.readdirSync(folder), ["unfinished"]);
    endRun(folder);
    assert.equal(beginRun(folder), false);
  });

  it("is no one's where a kill left it empty", () => {
    fs.mkdirSync(folder);
    fs.writeFileSync(mark(), "");
    assert.equal(beginRun(folder), true);
  });

  const busy = "Another make local is at work in this checkout; let it end first.";
});
