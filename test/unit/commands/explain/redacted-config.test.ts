import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseConfig } from "../../../../config/load";
import { readRedactedConfig, type RedactedConfig } from "../../../../commands/explain/redacted-config";
import { checkout } from "../../../../local/support/paths";
import { UserError } from "../../../../components/user-error";

const secure = { secure: "v1:c29tZSBub25jZQ==:c29tZSBjaXBoZXJ0ZXh0" };

describe("readRedactedConfig", () => {
  let folder = "";
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const read = (stack: string): RedactedConfig => {
    write("Pulumi.test.yaml", stack);
    return readRedactedConfig(folder, "test");
  };
  const refusalOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    assert.fail("it was taken");
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-config-"));
    fs.copyFileSync(path.join(checkout, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("gives the stack's values over the defaults, as text or JSON", () => {
    const { project, values, secretKeys } = read(
      "config:\n  fleet:imageTag: v1\n  fleet:replicas: 2\n  fleet:pullCheck: false\n  fleet:values: { a: [1] }\n",
    );
    assert.equal(project, "fleet");
    assert.deepEqual(secretKeys, []);
    const of = (key: string) => values[`fleet:${key}`];
    assert.deepEqual(
      ["imageTag", "replicas", "pullCheck", "values", "imageRepository", "registries", "databasePassword"].map(of),
      ["v1", "2", "false", '{"a":[1]}', "fleetdm/fleet", "{}", ""],
    );
  });

  it("takes the older forms of keys, and other projects' keys as they are", () => {
    const { values } = read(
      "config:\n  imageTag: v1\n  fleet:config:hostName: a.example.com\n  kubernetes:context: prod\n",
    );
    assert.deepEqual(
      [values["fleet:imageTag"], values["fleet:hostName"], values["kubernetes:context"]],
      ["v1", "a.example.com", "prod"],
    );
  });

  it("hands out no ciphertext, and something in its place that every check passes", () => {
    const config = {
      imageTag: "v1",
      registries: { "ghcr.io": { username: "bot" } },
      registryPasswords: { "ghcr.io": secure },
      databasePassword: secure,
      database: { address: "mysql.example.com:3306" },
      cachePassword: secure,
      cache: { address: "redis.example.com:6379" },
      privateKey: secure,
      licenseKey: secure,
      tlsCertificate: "-----BEGIN CERTIFICATE-----\n",
      tlsPrivateKey: secure,
    };
    const { project, values, secretKeys } = read(JSON.stringify({ config }));
    assert.doesNotMatch(JSON.stringify(values), /c29tZSB/);
    const { issues } = parseConfig(project, { values, isSecret: (key) => secretKeys.includes(key) });
    assert.deepEqual(issues, []);
    assert.deepEqual(
      [...secretKeys].sort(),
      ["cachePassword", "databasePassword", "licenseKey", "privateKey", "registryPasswords", "tlsPrivateKey"].map(
        (key) => `fleet:${key}`,
      ),
    );
  });

  it("tells what is encrypted, so that a secret in a plain key is refused as the program refuses it", () => {
    const { project, values, secretKeys } = read(
      JSON.stringify({ config: { imageTag: "v1", values: { a: [secure] } } }),
    );
    const { issues } = parseConfig(project, { values, isSecret: (key) => secretKeys.includes(key) });
    assert.deepEqual(
      issues.map(({ place, sentence }) => `${place} ${sentence}`),
      ["fleet:values holds an encrypted value, but the Helm release would keep it in plain text"],
    );
  });

  it("makes of a date without quotes what the engine makes of it", () => {
    const { values } = read("config:\n  fleet:registries: { ghcr.io: { username: 007, expires: 2027-03-01 } }\n");
    assert.equal(values["fleet:registries"], '{"ghcr.io":{"username":7,"expires":"2027-03-01 00:00:00 +0000 UTC"}}');
  });

  it("reads the file where the project keeps it, and names its environments", () => {
    const project = fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8");
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    write("Pulumi.yml", `stackConfigDir: stacks\n${project}`);
    fs.mkdirSync(path.join(folder, "stacks"));
    write("stacks/Pulumi.qa.yml", "environment: [shared/qa]\nconfig:\n  imageTag: v2\n");
    const { values, environments } = readRedactedConfig(folder, "acme/fleet/qa");
    assert.deepEqual([values["fleet:imageTag"], environments], ["v2", ["shared/qa"]]);
  });

  it("refuses what is not there or not YAML", () => {
    const none = "The stack prod has no Pulumi.prod.yaml; ";
    assert.equal(
      refusalOf(() => readRedactedConfig(folder, "prod")),
      `${none}there is none here: make explain STACK=NAME`,
    );
    read("config: {}\n");
    assert.equal(
      refusalOf(() => readRedactedConfig(folder, "prod")),
      `${none}the stacks here are test: make explain STACK=test`,
    );
    for (const file of [path.join(folder, "Pulumi.prod.yaml"), folder]) {
      assert.equal(
        refusalOf(() => readRedactedConfig(folder, "prod", file)),
        `CONFIG_FILE is ${file}, which is no file; name the stack's file, or leave it out for the one that Pulumi takes`,
      );
    }
    assert.equal(
      refusalOf(() => read("config: [\n")),
      "Pulumi.test.yaml is not YAML at line 2, column 1; correct it there",
    );
  });
});
