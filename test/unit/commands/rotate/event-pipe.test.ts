import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { EventPipe } from "../../../../commands/rotate/event-pipe";
import { tryRun } from "../../../../commands/process";

describe("the pipe of the engine's events", () => {
  let folder = "";
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "event-pipe-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const open = () => {
    const file = path.join(folder, "dev.events");
    const pipe = EventPipe.open(file);
    assert.ok(pipe);
    assert.deepEqual(pipe.args, ["--event-log", file]);
    return { file, pipe };
  };
  /** Another process that writes, as the engine does. */
  const write = (file: string, script: string) => tryRun(process.execPath, ["-e", script, file]);

  it("is for this user alone, keeps nothing, and goes with the update", async () => {
    const { file, pipe } = open();
    assert.ok(fs.statSync(file).isFIFO());
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(await pipe.end(), []);
    assert.equal(fs.existsSync(file), false);
  });

  it("has everything by the end, more than a pipe holds and half a line too", async () => {
    const { file, pipe } = open();
    const script = `
      const event = JSON.stringify({ resourcePreEvent: { metadata: { op: "update", type: "t", urn: "é".repeat(2000) } } });
      const fd = require("fs").openSync(process.argv[1], "w");
      for (let i = 0; i < 100; i++) require("fs").writeSync(fd, event + "\\n");
      require("fs").writeSync(fd, event.slice(0, 20));`;
    assert.equal((await write(file, script)).code, 0);
    const steps = await pipe.end();
    assert.equal(steps.length, 100);
    assert.ok(steps.every(({ op, from }) => op === "update" && Math.abs(from - Date.now()) < 10_000));
  });

  it("is none where it cannot be made", () => {
    assert.equal(EventPipe.open(path.join(folder, "missing", "dev.events")), undefined);
  });
});
