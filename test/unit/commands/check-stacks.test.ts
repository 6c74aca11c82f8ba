import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkStacks } from "../../../commands/check-stacks";
import { checkout } from "../../../local/support/paths";
import { tryRun } from "../../../commands/process";
import { UserError } from "../../../components/user-error";

const project = `name: fleet
runtime: nodejs
config:
  imageTag: { type: string, default: "" }
  registryPasswords: { type: object, default: {}, secret: true }
  databasePassword: { type: string, default: "", secret: true }
  other:token: { secret: true }
`;

const passphrase = "v1:Zm9vYmFyYmF6cXV4:c29tZSBjaXBoZXJ0ZXh0IG9mIHNvbWUgbGVuZ3Ro";
const cloud = "AAABAJx0Zm9vYmFyYmF6cXV4c29tZSBjaXBoZXJ0ZXh0IG9mIHNvbWU=";

const replace = (key: string, command: string, stack = "dev") =>
  `Pulumi.${stack}.yaml: ${key} is not encrypted; ` +
  `set a new one, since this one was readable: pulumi config set --stack ${stack} --secret ${command}`;

describe("check-stacks", () => {
  let folder = "";
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  const findingsOf = (stack: string) => {
    write("Pulumi.dev.yaml", stack);
    const { findings } = checkStacks(folder);
    assert.doesNotMatch(findings.join("\n"), /marker/);
    return findings;
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-stacks-"));
    write("Pulumi.yaml", project);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("passes encrypted values, of a passphrase and of Pulumi Cloud, and plain values of other keys", () => {
    const stack = `encryptionsalt: v1:x
config:
  kubernetes:context: dev
  fleet:imageTag: v4.85.0
  fleet:registries: { ghcr.io: { username: bot } }
  fleet:registryPasswords:
    registry.example.com:5000/team: { secure: "${passphrase}" }
    ghcr.io:
      secure: ${cloud}
  fleet:databasePassword: { secure: ${passphrase} }
`;
    assert.deepEqual(findingsOf(stack), []);
    assert.deepEqual(checkStacks(folder).files, ["Pulumi.dev.yaml"]);
  });

  it("passes what is not set", () => {
    for (const stack of ["", "encryptionsalt: x\n", "config:\n", "config: {}\n", "---\n# nothing\n"]) {
      assert.deepEqual(findingsOf(stack), []);
    }
    const empty = 'config:\n  fleet:databasePassword: ""\n  fleet:registryPasswords: { ghcr.io: "", quay.io: }\n';
    assert.deepEqual(findingsOf(empty), []);
  });

  it("names every plain value with its file, its key and the command", () => {
    const stack = `config:
  fleet:databasePassword: marker
  fleet:registryPasswords:
    ghcr.io: { secure: ${passphrase} }
    registry.example.com:5000/team: marker
    "it's.example.com": 12345
    https://user:marker@quay.io: [true]
`;
    const ssh = String.raw`--path 'registryPasswords["it'\''s.example.com"]'`;
    assert.deepEqual(findingsOf(stack), [
      replace("fleet:databasePassword", "databasePassword"),
      replace(
        'fleet:registryPasswords["registry.example.com:5000/team"]',
        "--path 'registryPasswords[\"registry.example.com:5000/team\"]'",
      ),
      replace('fleet:registryPasswords["it\'s.example.com"]', ssh),
      replace(
        'fleet:registryPasswords["https://***@quay.io"][0]',
        "--path 'registryPasswords[\"https://***@quay.io\"][0]'",
      ),
    ]);
  });

  it("knows every way to write a key", () => {
    const cases: readonly [string, string, string][] = [
      ["databasePassword: marker", "fleet:databasePassword", "databasePassword"],
      ["fleet:config:databasePassword: marker", "fleet:databasePassword", "databasePassword"],
      ["fleet:registryPasswords: marker", "fleet:registryPasswords", "registryPasswords"],
      ["other:token: marker", "other:token", "other:token"],
      [
        `'fleet:registryPasswords["ghcr.io"]': marker`,
        'fleet:registryPasswords["ghcr.io"]',
        "--path 'registryPasswords[\"ghcr.io\"]'",
      ],
    ];
    for (const [line, key, command] of cases) {
      assert.deepEqual(findingsOf(`config:\n  ${line}\n`), [replace(key, command)]);
    }
  });

  it("is not taken in by the word secure", () => {
    for (const value of [
      "{ secure: marker }",
      `{ secure: ${passphrase}, plain: marker }`,
      "{ secure: 5 }",
      "{ secure: [marker] }",
    ]) {
      assert.equal(findingsOf(`config:\n  fleet:databasePassword: ${value}\n`).length > 0, true, value);
    }
  });

  it("follows aliases and merged maps", () => {
    const stack = `x: &plain marker
y: &map { quay.io: marker }
config:
  fleet:databasePassword: *plain
  fleet:registryPasswords: { <<: *map, ghcr.io: { secure: ${passphrase} } }
`;
    assert.deepEqual(findingsOf(stack), [
      replace("fleet:databasePassword", "databasePassword"),
      replace('fleet:registryPasswords["quay.io"]', "--path 'registryPasswords[\"quay.io\"]'"),
    ]);
  });

  it("says in a sentence what is no stack file", () => {
    const cases: readonly [string, string][] = [
      [
        "config:\n  fleet:databasePassword: 'marker\n",
        "Pulumi.dev.yaml is not YAML at line 3, column 1; correct it there",
      ],
      ["a: 1\na: marker\n", "Pulumi.dev.yaml is not YAML at line 2, column 1; correct it there"],
      ["marker\n", "Pulumi.dev.yaml is not a map; write it as `pulumi config set` does"],
      ["config: [marker]\n", "Pulumi.dev.yaml: config is not a map; write it as `pulumi config set` does"],
      [
        "config:\n  fleet:databasePassword: *marker\n",
        "Pulumi.dev.yaml has an alias that leads nowhere or too far; write the value itself there",
      ],
    ];
    for (const [stack, expected] of cases) assert.deepEqual(findingsOf(stack), [expected]);
  });

  it("looks into every stack file of the folder, but not at installed or ignored ones", () => {
    const plain = "config:\n  fleet:databasePassword: marker\n";
    for (const name of [
      "Pulumi.a.yaml",
      "stacks/Pulumi.b.yml",
      "node_modules/x/Pulumi.c.yaml",
      ".local/Pulumi.d.yaml",
    ]) {
      write(name, plain);
    }
    write("Pulumi.eu.prod.yaml", plain);
    const { files, findings } = checkStacks(folder);
    assert.deepEqual(files, ["Pulumi.a.yaml", "Pulumi.eu.prod.yaml", "stacks/Pulumi.b.yml"]);
    assert.equal(findings.length, 3);
    assert.equal(findings[1], replace("fleet:databasePassword", "databasePassword", "eu.prod"));
  });

  it("finds a default in plain text, and a folder without project", () => {
    write("Pulumi.yaml", project.replace('default: "", secret', "default: marker, secret"));
    assert.deepEqual(checkStacks(folder).findings, [
      "Pulumi.yaml: databasePassword has a default in plain text; remove it, and set a new one in each stack, since this one was readable",
    ]);
    assert.throws(
      () => checkStacks(path.join(folder, "nowhere")),
      new UserError(`${path.join(folder, "nowhere")} has no Pulumi.yaml; name the folder of a project`),
    );
  });

  it("as a command: one line and 0, or every finding and 1", async () => {
    const command = () =>
      tryRun(process.execPath, ["-r", "tsx/cjs", "commands/check-stacks.ts", folder], {
        cwd: checkout,
      });
    assert.deepEqual(await command(), { code: 0, stdout: "", stderr: "every secret in 0 stack files is encrypted\n" });
    write("Pulumi.dev.yaml", "config:\n  fleet:databasePassword: marker\n  other:token: marker\n");
    assert.deepEqual(await command(), {
      code: 1,
      stdout: "",
      stderr: `${replace("fleet:databasePassword", "databasePassword")}\n${replace("other:token", "other:token")}\n`,
    });
  }).timeout(20_000);

  it("passes the stack that this project comes with", () => {
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"])
      fs.copyFileSync(path.join(checkout, name), path.join(folder, name));
    assert.deepEqual(checkStacks(folder), { files: ["Pulumi.dev.yaml"], findings: [] });
  });
});
