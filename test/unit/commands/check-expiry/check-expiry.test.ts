import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkExpiry } from "../../../../commands/check-expiry/check-expiry";
import { parseExpiryRequest } from "../../../../commands/check-expiry/request";
import { tryRun } from "../../../../commands/process";
import { checkout } from "../../../../local/support/paths";
import { issueText } from "../../../../registry/issue";

describe("check-expiry", () => {
  let folder = "";
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const check = (stacks: readonly string[] = [], days = 14) => {
    const { problems, ...found } = checkExpiry(folder, { stacks, days }, new Date("2027-02-15T12:00:00Z"));
    return { ...found, problems: problems.map(issueText) };
  };
  const registries = (text: string) => `config:\n  fleet:registries:\n    registry.example.com: ${text}\n`;
  const place = 'production: fleet:registries["registry.example.com"]';
  const told = (ends: string) =>
    `production: the password for "registry.example.com" ${ends}; set a new one with make rotate SERVER="registry.example.com" STACKS=production, and write down its day`;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-expiry-"));
    write("Pulumi.yaml", "name: fleet\nruntime: nodejs\n");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const ends: readonly (readonly [expires: string, days: number, problems: readonly string[]])[] = [
    ["2027-03-02", 14, []],
    ["2027-03-01", 14, [told("expires on 2027-03-01, in 14 d")]],
    ["2027-03-01", 13, []],
    ["2027-02-15", 0, [told("expires on 2027-02-15, today")]],
    ["2027-02-14", 0, [told("was to expire on 2027-02-14")]],
  ];
  for (const [expires, days, problems] of ends) {
    it(`${expires}, on 2027-02-15 with ${days} days: ${problems.length === 0 ? "well" : "told"}`, () => {
      write("Pulumi.production.yaml", registries(`{ username: bot, expires: "${expires}" }`));
      assert.deepEqual(check([], days), { read: 1, problems, unseen: [] });
    });
  }

  const unseen: Readonly<Record<string, readonly [text: string, what: string]>> = {
    "no day": [
      registries("{ username: bot }"),
      `${place}.expires, which is not set; what a token says itself, pulumi preview tells`,
    ],
    "a day that is encrypted": [
      registries("{ expires: { secure: v1:x:y } }"),
      `${place}.expires, which is encrypted; what a token says itself, pulumi preview tells`,
    ],
    "registries that are encrypted": [
      "config:\n  fleet:registries: { secure: v1:x:y }\n",
      "production: fleet:registries, which is encrypted",
    ],
    "an environment": ["environment: [team/fleet]\n", "production: what the environment team/fleet says of registries"],
  };
  for (const [name, [text, what]] of Object.entries(unseen)) {
    it(`says what it could not see: ${name}`, () => {
      write("Pulumi.production.yaml", text);
      assert.deepEqual(check(), { read: 0, problems: [], unseen: [what] });
    });
  }

  it("fails at what is wrong in a file, and at one that is not there", () => {
    write("Pulumi.production.yaml", registries("{ expires: 2027-03-01 }"));
    write("Pulumi.qa.yaml", "config: [");
    const { problems } = check(["production", "qa", "gone"]);
    assert.deepEqual(problems.slice(0, 1), [
      `${place}.expires is a date without quotes; put it in quotes: expires: "2027-03-01"`,
    ]);
    assert.match(problems[1] ?? "", /^qa: Pulumi\.qa\.yaml is not YAML at line 1/);
    assert.equal(problems[2], "gone: Pulumi.gone.yaml is not there; run it where the stack's file is");
  });

  it("reads every stack's file where none is named, and says so where there is no project", () => {
    for (const stack of ["a", "b"]) write(`Pulumi.${stack}.yaml`, registries('{ expires: "2028-01-01" }'));
    assert.equal(check().read, 2);
    assert.equal(check(["b"]).read, 1);
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    assert.deepEqual(check().problems, [`${folder} has no Pulumi.yaml; run it in the folder of a project`]);
  });

  it("takes stacks as make rotate does, and refuses what is none", () => {
    assert.deepEqual(parseExpiryRequest({ STACKS: "dev staging,qa dev" }), {
      stacks: ["dev", "staging", "qa"],
      days: 14,
    });
    const refused = parseExpiryRequest({ STACKS: "a$b", DAYS: "soon" });
    assert.ok(!("days" in refused));
    assert.deepEqual(refused.map(issueText), [
      'STACKS names "a$b", which no stack is called; use letters, digits, "-", "_" and "."',
      "DAYS is soon; set a whole number from 0 up, or leave it out for 14",
    ]);
  });

  it("ends with an error code for the workflow, and without one where all is well", async () => {
    const command = (days: string) =>
      tryRun("node", ["--require", require.resolve("tsx/cjs"), path.join(checkout, "commands/check-expiry/main.ts")], {
        cwd: folder,
        env: { DAYS: days, STACKS: "", NO_COLOR: "1" },
      });
    const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    write("Pulumi.production.yaml", registries(`{ expires: "${day}" }`));
    write("Pulumi.qa.yaml", registries("{ username: bot }"));
    const soon = await command("");
    assert.equal(soon.code, 1);
    assert.match(soon.stderr, /^not seen: qa: .*\nproduction: the password for "registry\.example\.com" expires on /);
    assert.equal((await command("2")).code, 0);
  });
});
