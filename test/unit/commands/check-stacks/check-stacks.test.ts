import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkStacks } from "../../../../commands/check-stacks/check-stacks";
import { checkout } from "../../../../local/support/paths";
import { tryRun } from "../../../../commands/process";
import { issueText } from "../../../../registry/issue";

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
  const check = () => {
    const { files, findings } = checkStacks(folder);
    return { files, findings: findings.map(issueText) };
  };
  const findingsOf = (stack: string) => {
    write("Pulumi.dev.yaml", stack);
    const { findings } = check();
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
    assert.deepEqual(check().files, ["Pulumi.dev.yaml"]);
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
      'Pulumi.dev.yaml: fleet:registryPasswords["https://***@quay.io"] has user info in plain text; remove it, and change that password, since it was readable',
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
      // Hexadecimal, a secret access key of AWS and a password of a Container Registry: base64 all of them, and no ciphertext.
      `{ secure: ${"0a1b2c3d".repeat(8)} }`,
      "{ secure: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY }",
      `{ secure: ${"Zq7+ACR".repeat(7)}abc= }`,
      `{ secure: "v1:${"0a1b2c3d".repeat(2)}:short" }`,
    ]) {
      assert.equal(findingsOf(`config:\n  fleet:databasePassword: ${value}\n`).length > 0, true, value);
      // What Pulumi takes for ciphertext is a mistake under any other key as well.
      const isMapOfOne = !/plain|\[|5/.test(value);
      if (isMapOfOne) assert.equal(findingsOf(`config:\n  fleet:values: { a: [${value}] }\n`).length, 1, value);
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

  it("says in a sentence what is no stack file, among the findings of the others", () => {
    write("Pulumi.qa.yaml", "config:\n  fleet:databasePassword: marker\n");
    assert.deepEqual(findingsOf("config:\n  fleet:databasePassword: *marker\n"), [
      'Pulumi.dev.yaml has an alias that leads nowhere at line 2, column 27; write the value itself there, in quotes if it begins with "*"',
      replace("fleet:databasePassword", "databasePassword", "qa"),
    ]);
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
    const { files, findings } = check();
    assert.deepEqual(files, ["Pulumi.a.yaml", "Pulumi.eu.prod.yaml", "stacks/Pulumi.b.yml"]);
    assert.equal(findings.length, 3);
    assert.equal(findings[1], replace("fleet:databasePassword", "databasePassword", "eu.prod"));
  });

  it("looks where the project keeps its stacks' files", () => {
    const plain = "config:\n  fleet:databasePassword: marker\n";
    for (const stackFolder of [".stacks", "../check-stacks-elsewhere"]) {
      write("Pulumi.yaml", project.replace("runtime", `stackConfigDir: ${stackFolder}\nruntime`));
      write(`${stackFolder}/Pulumi.dev.yaml`, plain);
      const { files, findings } = check();
      fs.rmSync(path.join(folder, stackFolder), { recursive: true });
      assert.deepEqual(files, [path.join(stackFolder, "Pulumi.dev.yaml")]);
      assert.equal(findings.length, 1);
    }
  });

  it("finds a default in plain text in every form, and a folder without project", () => {
    const finding =
      "Pulumi.yaml: databasePassword has a default in plain text; remove it, and set a new one in each stack, since this one was readable";
    for (const form of ["{ type: string, default: marker, secret: true }", "{ value: marker }", "marker"]) {
      write("Pulumi.yaml", project.replace(/databasePassword: .*/, `databasePassword: ${form}`));
      assert.deepEqual(check().findings, [finding]);
    }
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    assert.deepEqual(check().findings, [`${folder} has no Pulumi.yaml; run it in the folder of a project`]);
  });

  it("as a command: one line and 0, or every finding and 1", async () => {
    const command = () =>
      tryRun(process.execPath, ["-r", "tsx/cjs", "commands/check-stacks/main.ts", folder], {
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
    assert.deepEqual(check(), { files: ["Pulumi.dev.yaml"], findings: [] });
  });
});
