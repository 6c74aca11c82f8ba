import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { kubectl } from "../../local/session";
import { filesIn } from "../support/leak-places";
import { leaks } from "../support/leaks";
import { ManyStacks, stackNames } from "../support/many-stacks";
import type { KubernetesObject } from "../support/objects";
import { RotateCommand } from "../support/rotate-command";
import { SecretWatch } from "../support/secret-watch";
import { session } from "../support/session";

// Pulumi itself blanks a password that stands in what it prints, so none of them is a part of a sentence.
const [first, second, third] = ["first-1a2b3c4d5e", "second-2b3c4d5e6f", "third-3c4d5e6f7a"];
const waves = "stack-01 stack-02,stack-03 stack-04";
const refused = "stack-03";

describe("make rotate over several stacks", function () {
  this.timeout("12m"); // for a busy machine
  let many: ManyStacks;
  let server = "";
  let temporary = "";
  let watch: SecretWatch;
  let command: RotateCommand;

  before(async () => {
    server = session().cluster.registry.server;
    many = await ManyStacks.create("rotate-many", stackNames(4), first);
    temporary = path.join(many.folder, "tmp");
    fs.mkdirSync(temporary);
    watch = new SecretWatch([second, third], [temporary]);
    command = new RotateCommand(many, watch, { TMPDIR: temporary, SERVER: server, STACKS: waves });
  });
  after(() => many.remove());

  const files = () => new Map(many.names.map((one) => [one, fs.readFileSync(many.configFile(one), "utf8")]));
  /** The names of the pull Secrets of every stack's namespace. */
  const secrets = async () => {
    const { items } = await kubectl<{ items: (KubernetesObject & { metadata: { namespace: string } })[] }>(session(), [
      "get",
      "secrets",
      "--all-namespaces",
      "--field-selector=type=kubernetes.io/dockerconfigjson",
    ]);
    return new Map(
      many.names.map((one) => {
        const own = items.filter(({ metadata }) => metadata.namespace === many.namespace(one));
        return [one, own.map(({ metadata }) => metadata.name).sort()];
      }),
    );
  };
  const changed = <T>(before: ReadonlyMap<string, T>, now: ReadonlyMap<string, T>) =>
    many.names.filter((one) => JSON.stringify(before.get(one)) !== JSON.stringify(now.get(one)));
  const results = (stdout: string) => {
    const { outcome, stacks } = JSON.parse(stdout) as {
      outcome: string;
      stacks: { stack: string; result: string; registry: string; reasons: string[] }[];
    };
    const having = (result: string) => stacks.filter((one) => one.result === result).map(({ stack }) => stack);
    return { outcome, stacks, having };
  };
  const updatesIn = (stderr: string) => [...stderr.matchAll(/✓ (\S+): pulumi up/g)].map(([, name = ""]) => name);
  const refusal = () =>
    `${server} refuses ${many.username(refused)} for ${server}/fleetdm/fleet:v4.85.0: wrong password or expired token ` +
    "(401: UNAUTHORIZED: authentication required); " +
    `set a new password with pulumi config set --secret --path 'registryPasswords["${server}"]'`;

  /** Both waves with their stacks, each step of the engine, and the check that failed. */
  function assertDrawn(svg: string): void {
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
    for (const text of ["Wave 1", "Wave 2", ...many.names.slice(0, 3)]) assert.ok(texts.includes(text), text);
    assert.ok(!texts.includes("Wave 3") && !texts.includes("stack-04"), texts.join());
    const bars = [...svg.matchAll(/<rect class="(\w+)" [^>]*><title>([^<]*)</g)].map(
      ([, tone, text]) => `${tone} ${text}`,
    );
    const times = (bar: string) => bars.filter((one) => one === bar).length;
    assert.deepEqual(
      ["new Secret", "check pull check", "work release", "ending Secret deleted", "bad pull check"].map(times),
      [3, 2, 2, 2, 1],
      bars.join(),
    );
  }

  it("says every mistake in the request at once, and changes nothing", async () => {
    const before = files();
    const { code, stdout, stderr } = await command.run({ SERVER: "ghcr.io", STACKS: "stack-1 stack-02" }, second);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    const file = "Pulumi.stack-02.yaml";
    assert.deepEqual(stderr.trim().split("\n").slice(-2), [
      "stack-1: there is no such stack; did you mean stack-01?",
      `stack-02: ${file} has no ghcr.io in fleet:registries, which lists ${server}; add it, or leave stack-02 out of STACKS`,
    ]);
    assert.deepEqual(files(), before);
  });

  it("shows one table, and stops before the first update when a registry refuses a stack", async () => {
    for (const one of many.names.filter((name) => name !== refused)) await many.accept(one, second);
    const before = { files: files(), secrets: await secrets() };
    const { code, stdout, stderr } = await command.run({ YES: "1" }, second);
    assert.equal(code, 1, stderr);
    const row = (stack: string, wave: number) =>
      stack === refused
        ? `${stack}  ${wave}     –        –        refused   –`
        : `${stack}  ${wave}     replace  update   accepted  none`;
    const rows = waves.split(" ").flatMap((wave, i) => wave.split(",").map((stack) => row(stack, i + 1)));
    assert.deepEqual(stdout.trim().split("\n"), [
      "STACK     WAVE  SECRET   RELEASE  REGISTRY  OTHER CHANGES",
      ...rows,
      "",
      `${refused}: ${refusal()}`,
      "",
      `Nothing was changed, since ${refused} cannot be rotated; put that right, or leave it out of STACKS, and run make rotate again.`,
    ]);
    assert.deepEqual(updatesIn(stderr), []);
    assert.deepEqual(files(), before.files);
    assert.deepEqual(await secrets(), before.secrets);
  });

  it("without a terminal and YES=1 only previews, and a change beyond the rotation is shown", async () => {
    for (const one of ["stack-01", "stack-02"]) await many.accept(one, second);
    const before = files();
    many.edit("stack-02", (config) => (config["fleet:hostName"] = "other.example.com"));
    const edited = files();
    const { code, stdout } = await command.run({ STACKS: "stack-01,stack-02" }, second);
    assert.deepEqual(files(), edited);
    fs.writeFileSync(many.configFile("stack-02"), before.get("stack-02") ?? "");
    assert.equal(code, 1);
    assert.deepEqual(stdout.trim().split("\n"), [
      "STACK     WAVE  SECRET   RELEASE  REGISTRY  OTHER CHANGES",
      "stack-01  1     replace  update   accepted  none",
      "stack-02  1     replace  update   accepted  1",
      "",
      "stack-02: warning: this is not a part of the rotation:",
      "  update kubernetes:helm.sh/v3:Release fleet (values.hostName)",
      "",
      "Nothing was changed, since there is no terminal to ask at; set YES=1 to go on without the question.",
    ]);
  });

  it("updates one wave after another, and stops after the one in which a stack fails", async () => {
    many.edit(refused, (config) => (config["fleet:registryCheck"] = "warn"));
    const before = { files: files(), secrets: await secrets() };
    const svg = path.join(many.folder, "rotation.svg");
    const { code, stdout, stderr } = await command.run({ YES: "1", JSON: "1", SVG: svg }, second);
    assert.equal(code, 1, stderr);
    const { outcome, stacks, having } = results(stdout);
    assert.equal(outcome, "failed");
    assertDrawn(fs.readFileSync(svg, "utf8"));
    const rotated = many.names.slice(0, 3).filter((one) => one !== refused);
    assert.deepEqual(having("rotated"), rotated);
    assert.deepEqual(having("failed"), [refused]);
    assert.deepEqual(having("not rotated"), ["stack-04"]);
    assert.match(stderr, new RegExp(`${refused} +2 +replace +update +warning +none`));
    const failed = stacks.find(({ stack }) => stack === refused);
    assert.match(failed?.reasons.join("\n") ?? "", /fleet-pull-check[^]*401 Unauthorized/);

    const order = updatesIn(stderr);
    const waveOf = (stack: string) => waves.split(" ").findIndex((wave) => wave.split(",").includes(stack));
    assert.deepEqual([...order].sort(), rotated);
    assert.deepEqual(order.map(waveOf), order.map(waveOf).sort());

    assert.deepEqual(changed(before.files, files()), many.names.slice(0, 3));
    const now = await secrets();
    assert.deepEqual(changed(before.secrets, now), many.names.slice(0, 3));
    for (const one of rotated) assert.equal(now.get(one)?.length, 1, one);
    // The Secret that its pods use is kept beside the one that is refused.
    assert.equal(now.get(refused)?.includes(before.secrets.get(refused)?.[0] ?? ""), true);
  });

  it("goes on from there with the same password, and leaves alone what has it", async () => {
    await many.accept(refused, second);
    const before = { files: files(), secrets: await secrets() };
    const rest = [refused, "stack-04"];
    const { code, stdout, stderr } = await command.run({ YES: "1", JSON: "1" }, second);
    assert.equal(code, 0, stderr);
    const { outcome, having } = results(stdout);
    assert.equal(outcome, "rotated");
    assert.deepEqual(having("rotated"), rest);
    assert.deepEqual(updatesIn(stderr).sort(), rest);
    assert.match(stderr, /stack-01 +1 +unchanged +unchanged +accepted +none/);
    assert.deepEqual(changed(before.files, files()), ["stack-04"]);
    const now = await secrets();
    assert.deepEqual(changed(before.secrets, now), rest);
    for (const one of many.names) assert.equal(now.get(one)?.length, 1, one);
  });

  it("has nothing to do in the end", async () => {
    const before = files();
    const { code, stdout, stderr } = await command.run({ STACKS: "stack-03 stack-04" }, second);
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trim().split("\n").slice(-2), [
      "",
      "Nothing was changed, since every stack has this password already.",
    ]);
    assert.deepEqual(files(), before);
  });

  it("ends an update in good order when it is interrupted, and goes on from there", async () => {
    for (const one of ["stack-01", "stack-02"]) await many.accept(one, third);
    const before = files();
    let told = false;
    const interrupted = await command.run({ STACKS: "stack-01 stack-02", YES: "1" }, third, (stderr, pid) => {
      if (told || !stderr.includes("stack-01: pulumi up")) return;
      told = true;
      setTimeout(() => process.kill(pid, "SIGINT"), 1500);
    });
    assert.equal(interrupted.code, 130, interrupted.stderr);
    assert.match(interrupted.stdout, /stack-01 +1 +failed[^]*stack-02 +2 +not rotated/);
    assert.match(interrupted.stdout, /Interrupted: 1 failed, 1 not rotated\./);
    assert.deepEqual(changed(before, files()), ["stack-01"]);

    const { code, stdout } = await command.run({ STACKS: "stack-01 stack-02", YES: "1" }, third);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /2 rotated\. Commit the files of the stacks\./);
  });

  it("at a terminal shows nothing of what is typed, and a no changes nothing", async () => {
    await many.accept("stack-03", third);
    const before = files();
    const { code, screen, answered } = await command.runAtTerminal({ STACKS: "stack-03" }, [
      ["(not shown): ", `${third}\r`],
      ["[y/N] ", "n\r"],
    ]);
    assert.equal(code, 1, screen);
    assert.equal(answered, 2, screen);
    assert.match(screen, /Rotate \S+ in 1 stack\? \[y\/N\] n\s+Nothing was changed\.\s*$/);
    assert.deepEqual(files(), before);
  });

  it("has the password in no output, command line, environment, temporary file, stack's file or state", () => {
    for (const password of [first, second, third]) {
      assert.deepEqual(leaks(password, command.printed), []);
      assert.deepEqual(leaks(password, filesIn(many.folder)), []);
    }
    assert.notEqual(watch.seenInConfig, 0, "the watch saw no program of Pulumi");
    assert.deepEqual([...watch.found], []);
    assert.deepEqual(
      fs.readdirSync(temporary).filter((entry) => entry.startsWith("rotate-")),
      [],
    );
  });
});
