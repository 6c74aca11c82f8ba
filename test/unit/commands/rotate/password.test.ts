import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../../../commands/rotate/targets";
import type { RunResult } from "../../../../commands/process";
import type { Pulumi } from "../../../../commands/rotate/pulumi";
import { Staging } from "../../../../commands/rotate/staging";
import { askHidden, askLine, Interrupted, readAll } from "../../../../commands/rotate/terminal-input";
import { failureWords } from "../../../../commands/rotate/failure-words";
import { SecretText } from "../../../../registry/secret-text";

/** What is typed at a terminal, in as many pieces; `raw` says whether it was shown meanwhile. */
function terminal(...typed: string[]) {
  const raw: boolean[] = [];
  const stream = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => raw.push(mode) });
  for (const text of typed) stream.write(text);
  const output = new PassThrough();
  const shown = () => String(output.read() ?? "");
  return { stream, raw, output, shown };
}

const never = new AbortController().signal;

/** A signal that fires once someone waits for it. */
const soon = () => {
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(), 20);
  return interruption.signal;
};

describe("a password", () => {
  const typed = async (...keys: string[]) => {
    const { stream, output } = terminal(...keys);
    return (await askHidden("? ", { terminal: stream, output, interrupted: never })).reveal();
  };

  it("is typed without being shown", async () => {
    const { stream, raw, output, shown } = terminal("tok", "en-1\r");
    const read = await askHidden("Password: ", { terminal: stream, output, interrupted: never });
    assert.deepEqual([read.reveal(), String(read)], ["token-1", "[secret]"]);
    assert.deepEqual(raw, [true, false]);
    assert.equal(shown(), "Password: \n");
  });

  const { TERM } = process.env;
  before(() => (process.env.TERM = "xterm")); // Node edits no line on a dumb one
  after(() => {
    if (TERM === undefined) delete process.env.TERM;
    else process.env.TERM = TERM;
  });

  it("can be corrected, and has no keys in it that are no characters", async () => {
    const [backspace, left, end] = ["\x7f", "\x1b[D", "\x1b[F"];
    assert.equal(
      await typed("tokxm", backspace, left, backspace, "k", end, "\x1b[1;5C", "\x1bOP", "en", "\r"),
      "tokxen",
    );
    assert.equal(await typed("a🔑", backspace, "b\n"), "ab");
    assert.equal(await typed("wrong", "\x15", "token\r"), "token", "Ctrl-U");
    assert.equal(await typed("token\rsecond line\r"), "token");
    assert.equal(await typed("\x04"), "", "Ctrl-D");
    let stops = 0;
    const onStop = () => stops++;
    process.on("SIGTSTP", onStop);
    assert.equal(await typed("tok", "\x1a", "en\r"), "token", "Ctrl-Z");
    await sleep(20); // a signal arrives later
    process.off("SIGTSTP", onStop);
    assert.equal(stops, 0);
  });

  it("can be refused with Ctrl-C, or by a signal", async () => {
    for (const [keys, interrupted] of [
      ["tok\x03", never],
      ["tok", soon()],
      ["token\r", AbortSignal.abort()],
    ] as const) {
      const { stream, raw, output, shown } = terminal(keys);
      await assert.rejects(askHidden("? ", { terminal: stream, output, interrupted }), Interrupted);
      assert.deepEqual(raw, [true, false]);
      assert.equal(shown(), "? \n");
    }
  });

  it("comes from standard input, without the line break of echo", async () => {
    for (const [given, read] of [
      ["token", "token"],
      ["token\n", "token"],
      ["token\r\n", "token"],
      ["token\n\n", "token\n"],
      ["", ""],
    ] as const) {
      const all = await readAll(Readable.from([Buffer.from(given)]), never);
      assert.deepEqual([all.reveal(), String(all)], [read, "[secret]"]);
    }
    for (const interrupted of [soon(), AbortSignal.abort()]) {
      await assert.rejects(readAll(new PassThrough(), interrupted), Interrupted);
    }
    const broken = new Error("EIO");
    const input = new PassThrough();
    setTimeout(() => input.destroy(broken), 20);
    await assert.rejects(readAll(input, never), broken);
  });

  it("is followed by a question, which Ctrl-C ends too", async () => {
    const ask = (interrupted: AbortSignal, text?: string) => {
      const { stream, output } = terminal(...(text === undefined ? [] : [text]));
      if (text === "") stream.end();
      return askLine("? ", { terminal: stream, output, interrupted });
    };
    assert.equal(await ask(never, " y \n"), "y");
    assert.equal(await ask(never, ""), "");
    await assert.rejects(ask(soon()), Interrupted);
    await assert.rejects(ask(AbortSignal.abort()), Interrupted);
  });
});

describe("a stack's file with the new password", () => {
  let folder = "";
  let calls: { args: readonly string[]; input?: string }[] = [];
  const original = "config:\n  fleet:registryPasswords:\n    r.example.com: { secure: old } # kept\n";
  let target: Target;
  /** The old password is `old`; the new file has whatever came on standard input, backwards. */
  const pulumi = {
    run: (args: readonly string[], secret?: SecretText): Promise<RunResult> => {
      const input = secret?.reveal();
      calls.push({ args, input });
      const isUsername = args.some((arg) => arg.endsWith(".username"));
      if (args[1] === "get") return Promise.resolve({ code: 0, stdout: isUsername ? username : "old\n", stderr: "" });
      if (input === "unlucky")
        return Promise.resolve({ code: 255, stdout: "", stderr: "error: incorrect passphrase\n" });
      const copy = args.at(-1) ?? "";
      fs.writeFileSync(copy, fs.readFileSync(copy, "utf8").replace("old", [...(input ?? "")].reverse().join("")));
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    },
  } as unknown as Pulumi;
  let staging: Staging;
  const now = () => fs.readFileSync(target.file, "utf8");
  const stage = (password: string, of = target) => staging.stage(of, new SecretText(password));

  let username = "";

  beforeEach(() => {
    calls = [];
    username = "old\n";
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "rotate-staging-"));
    target = {
      stack: "dev",
      wave: 1,
      file: path.join(folder, "Pulumi.dev.yaml"),
      key: "r.example.com",
      account: "bot",
    };
    fs.writeFileSync(target.file, original);
    staging = new Staging(pulumi);
  });
  afterEach(() => {
    staging.remove();
    fs.rmSync(folder, { recursive: true });
  });

  it("is a copy until it is wanted, and the password goes through standard input alone", async () => {
    assert.equal(await stage("marker"), true);
    assert.equal(now(), original);
    const copy = staging.configFile(target);
    assert.notEqual(copy, target.file);
    assert.deepEqual(calls.at(-1), {
      args: [
        "config",
        "set",
        "--secret",
        "--path",
        'registryPasswords["r.example.com"]',
        "--stack",
        "dev",
        "--config-file",
        copy,
      ],
      input: "marker",
    });
    assert.ok(calls.every(({ args }) => !args.join(" ").includes("marker")));
    assert.equal(staging.commit(target), undefined);
    assert.equal(now(), original.replace("old", "rekram"));
    staging.remove();
    assert.equal(fs.existsSync(copy), false);
  });

  it("stays as it is where it has the password already", async () => {
    assert.equal(await stage("old"), false);
    assert.equal(staging.configFile(target), target.file);
    assert.equal(staging.commit(target), undefined);
    assert.equal(now(), original);
  });

  for (const [file, password] of [
    ["gets the password", "marker"],
    ["has it already", "old"],
  ] as const) {
    it(`is not used, nor written over, where someone else wrote meanwhile: a file that ${file}`, async () => {
      await stage(password);
      fs.appendFileSync(target.file, "# more\n");
      assert.equal(
        staging.commit(target),
        "Pulumi.dev.yaml was changed by someone else meanwhile; run make rotate again",
      );
      assert.equal(now(), `${original}# more\n`);
    });
  }

  it("keeps its mode, and says why it could not be written", async () => {
    fs.chmodSync(target.file, 0o640);
    await stage("marker");
    const { renameSync } = fs;
    const mutable = process.getBuiltinModule("node:fs");
    mutable.renameSync = () => {
      throw Object.assign(new Error("read-only file system"), { code: "EROFS" });
    };
    try {
      assert.equal(
        staging.commit(target),
        "Pulumi.dev.yaml could not be written (EROFS); let this user write it and its folder, then run make rotate again",
      );
    } finally {
      mutable.renameSync = renameSync;
    }
    assert.equal(now(), original);
    assert.equal(staging.commit(target), undefined);
    assert.equal(fs.statSync(target.file).mode & 0o777, 0o640);
  });

  it("gets a username that is the password too, and none that is another", async () => {
    const sets = () => calls.filter(({ args }) => args[1] === "set").map(({ args, input }) => [args[4], input]);
    const both = [
      ['registryPasswords["r.example.com"]', "marker"],
      ['registries["r.example.com"].username', "marker"],
    ];
    assert.equal(await stage("marker", { ...target, hasSecretUsername: true }), true);
    assert.deepEqual(sets(), both);
    calls = [];
    username = "someone\n";
    assert.equal(await stage("marker", { ...target, hasSecretUsername: true }), true);
    assert.deepEqual(sets(), both.slice(0, 1));
  });

  it("is refused in Pulumi's words", async () => {
    assert.deepEqual(await stage("unlucky"), ["incorrect passphrase"]);
  });
});

describe("why an update failed", () => {
  it("is told by its errors, not by its warnings", () => {
    const stdout = `Updating (dev):
 ++ kubernetes:batch/v1:Job fleet-pull-check creating replacement (0s); error: 2 errors occurred:
Diagnostics:
  kubernetes:batch/v1:Job (fleet-pull-check):
    warning: it is slow
    error: 2 errors occurred:
    \t* [Pod fleet/x]: 401 Unauthorized
    \t* [DeadlineExceeded] Job was active longer than specified deadline

  pulumi:pulumi:Stack (fleet-dev):
    warning: the registry is slow
    error: update failed

Resources:
    9 unchanged
`;
    assert.deepEqual(failureWords({ code: 255, stdout, stderr: "" }), [
      "2 errors occurred:",
      "* [Pod fleet/x]: 401 Unauthorized",
      "* [DeadlineExceeded] Job was active longer than specified deadline",
    ]);
  });

  it("is told on standard error, or at least by the exit code", () => {
    assert.deepEqual(failureWords({ code: 255, stdout: "", stderr: "error: the stack is locked\n  by someone\n" }), [
      "the stack is locked",
      "by someone",
    ]);
    assert.deepEqual(failureWords({ code: 137, stdout: "", stderr: "" }), ["pulumi ended with exit code 137"]);
  });
});
