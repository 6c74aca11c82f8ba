import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { replaceFile } from "../../../commands/replace-file";
import { checkout } from "../../../local/support/paths";

describe("replaceFile", () => {
  let folder = "";
  let file = "";
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "replace-file-"));
    file = path.join(folder, "Pulumi.dev.yaml");
    fs.writeFileSync(file, "old\n");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("keeps the mode, and leaves nothing beside the file", () => {
    for (const mode of [0o640, 0o600, 0o444]) {
      fs.chmodSync(file, mode);
      replaceFile(file, `new ${mode}\n`);
      assert.equal(fs.readFileSync(file, "utf8"), `new ${mode}\n`);
      assert.equal(fs.statSync(file).mode & 0o777, mode);
    }
    assert.deepEqual(fs.readdirSync(folder), ["Pulumi.dev.yaml"]);
  });

  it("replaces what a symbolic link leads to", () => {
    fs.mkdirSync(path.join(folder, "links"));
    const link = path.join(folder, "links", "Pulumi.dev.yaml");
    fs.symlinkSync("../Pulumi.dev.yaml", link);
    replaceFile(link, "new\n");
    assert.equal(fs.readlinkSync(link), "../Pulumi.dev.yaml");
    assert.equal(fs.readFileSync(file, "utf8"), "new\n");
    assert.deepEqual(fs.readdirSync(path.join(folder, "links")), ["Pulumi.dev.yaml"]);
  });

  it("leaves the file as it was where the disk is full", () => {
    const { writeFileSync } = fs;
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const mutable = process.getBuiltinModule("node:fs");
    mutable.writeFileSync = (target, data, options) => {
      if (typeof target !== "number") return writeFileSync(target, data, options);
      writeFileSync(target, "ne");
      throw full;
    };
    try {
      assert.throws(() => replaceFile(file, "new\n"), full);
    } finally {
      mutable.writeFileSync = writeFileSync;
    }
    assert.equal(fs.readFileSync(file, "utf8"), "old\n");
    assert.deepEqual(fs.readdirSync(folder), ["Pulumi.dev.yaml"]);
  });

  it("leaves a whole file when the process is killed, at whatever moment", async () => {
    const size = 4_000_000;
    const script = `
      const { replaceFile } = require("./commands/replace-file.ts");
      console.log("begun");
      for (let i = 0; ; i++) replaceFile(process.argv[1], String(i % 10).repeat(${size}));`;
    fs.writeFileSync(file, "0".repeat(size));
    for (const milliseconds of [1, 4, 9, 17, 30]) {
      const child = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", script, file], { cwd: checkout });
      await once(child.stdout, "data");
      await sleep(milliseconds);
      child.kill("SIGKILL");
      await once(child, "close");
      const content = fs.readFileSync(file, "utf8");
      assert.equal(content.length, size);
      assert.equal(content, content.slice(0, 1).repeat(size));
    }
    replaceFile(file, "new\n");
    assert.equal(fs.readFileSync(file, "utf8"), "new\n");
  }).timeout(60_000);
});
