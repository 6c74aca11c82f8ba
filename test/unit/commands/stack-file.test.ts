import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  parseMap,
  readProject,
  readStackFile,
  stackFilePath,
  stacksWithFile,
  type Project,
} from "../../../commands/stack-file";
import { isIssue, issueText } from "../../../registry/issue";

describe("a project's files", () => {
  let folder = "";
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  const project = (): Project => {
    const read = readProject(folder);
    if (isIssue(read)) assert.fail(issueText(read));
    return read;
  };
  const refusal = () => {
    const read = readProject(folder);
    return isIssue(read) ? issueText(read) : assert.fail("it was taken");
  };
  const stackFile = (text: string) => {
    write("Pulumi.dev.yaml", text);
    return readStackFile(project(), path.join(folder, "Pulumi.dev.yaml"));
  };
  const config = (text: string) => {
    const read = stackFile(text);
    return isIssue(read) ? issueText(read) : read.config;
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-file-"));
    write("Pulumi.yaml", "name: fleet\nruntime: nodejs\n");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("are told of where they cannot be read", () => {
    fs.symlinkSync("nowhere", path.join(folder, "Pulumi.dev.yaml"));
    const read = readStackFile(project(), path.join(folder, "Pulumi.dev.yaml"));
    assert.equal(
      isIssue(read) && issueText(read),
      "Pulumi.dev.yaml cannot be read (ENOENT); make it a file that this user may read",
    );
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    fs.mkdirSync(path.join(folder, "Pulumi.yaml"));
    assert.equal(refusal(), "Pulumi.yaml cannot be read (EISDIR); make it a file that this user may read");
  });

  it("are where Pulumi looks for them, and end as the project's file does", () => {
    const at = (stack: string) => path.relative(folder, stackFilePath(project(), stack));
    assert.equal(at("dev"), "Pulumi.dev.yaml");
    assert.equal(at("acme/fleet/eu.prod"), "Pulumi.eu.prod.yaml");
    write("Pulumi.yaml", "name: fleet\nstackConfigDir: stacks\n");
    assert.equal(at("dev"), path.join("stacks", "Pulumi.dev.yaml"));
    assert.deepEqual(stacksWithFile(project()), []);
    write("Pulumi.yaml", "name: fleet\nconfig: ../stacks\n");
    assert.equal(at("dev"), path.join("..", "stacks", "Pulumi.dev.yaml"));

    fs.renameSync(path.join(folder, "Pulumi.yaml"), path.join(folder, "Pulumi.yml"));
    assert.equal(at("dev"), path.join("..", "stacks", "Pulumi.dev.yml"));
    write("Pulumi.json", '{ "name": "fleet" }');
    assert.equal(at("dev"), "Pulumi.dev.json");
    for (const name of ["Pulumi.qa.json", "Pulumi.eu.prod.json", "Pulumi.dev.yaml"]) write(name, "{}");
    assert.deepEqual(stacksWithFile(project()), ["eu.prod", "qa"]);
  });

  it("declare keys in three ways, with or without the project's name", () => {
    write(
      "Pulumi.yaml",
      `name: fleet
config:
  imageTag: { type: string, default: v1 }
  fleet:replicas: 3
  kubernetes:context: { value: prod }
  hostName: { type: string }
  other:token: { secret: true }
`,
    );
    const { defaults, secretKeys } = project();
    assert.deepEqual(defaults, { "fleet:imageTag": "v1", "fleet:replicas": 3, "kubernetes:context": "prod" });
    assert.deepEqual(secretKeys, ["other:token"]);
  });

  it("write a key in three ways, each once", () => {
    const tag = { "fleet:imageTag": "v1", "kubernetes:context": "prod" };
    for (const key of ["imageTag", "fleet:imageTag", "fleet:config:imageTag"]) {
      assert.deepEqual(config(`config:\n  ${key}: v1\n  kubernetes:config:context: prod\n`), tag);
    }
    assert.equal(
      config("config:\n  imageTag: v1\n  fleet:config:imageTag: v2\n"),
      'Pulumi.dev.yaml has one key twice, as "imageTag" and "fleet:config:imageTag"; keep one of the two',
    );
  });

  it("may hold nothing, aliases, merged maps and a byte order mark", () => {
    for (const text of ["", "# nothing\n", "config:\n", "config: {}\n"]) assert.deepEqual(config(text), {});
    const text = "\uFEFFx: &tag v1\ny: &map { a: 1 }\nconfig:\n  imageTag: *tag\n  values: { <<: *map, b: 2 }\n";
    assert.deepEqual(config(text), { "fleet:imageTag": "v1", "fleet:values": { a: 1, b: 2 } });
  });

  it("name environments in every form", () => {
    const environments = (text: string) => {
      const read = stackFile(text);
      return isIssue(read) ? issueText(read) : read.environments;
    };
    assert.deepEqual(environments("config: {}\n"), []);
    assert.deepEqual(environments("environment:\n"), []);
    assert.deepEqual(environments("environment: []\n"), []);
    assert.deepEqual(environments("environment: team/prod\n"), ["team/prod"]);
    assert.deepEqual(environments("environment: [shared/prod, { team: { merge: false } }]\n"), ["shared/prod", "team"]);
    assert.deepEqual(environments("environment: { imports: [base], values: {} }\n"), ["base"]);
    assert.deepEqual(environments("environment: { imports: [base], values: { pulumiConfig: { a: 1 } } }\n"), [
      "base",
      "Pulumi.dev.yaml itself",
    ]);
  });

  it("are refused in a sentence where they are not there or have no name", () => {
    write("Pulumi.yaml", "runtime: nodejs\n");
    assert.equal(refusal(), "Pulumi.yaml has no name; write one as text: name: fleet");
    write("Pulumi.yaml", "name: [marker\n");
    assert.equal(refusal(), "Pulumi.yaml is not YAML at line 2, column 1; correct it there");
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    assert.equal(refusal(), `${folder} has no Pulumi.yaml; run it in the folder of a project`);
  });

  const itself =
    "Pulumi.dev.yaml has an alias that leads to itself, to too much or to no map; write the values themselves";
  const many = (name: string) => Array(10).fill(name).join(", ");
  for (const [what, text, sentence] of [
    ["no end", "a: 'marker\n", "Pulumi.dev.yaml is not YAML at line 2, column 1; correct it there"],
    ["a key twice", "a: 1\na: marker\n", "Pulumi.dev.yaml is not YAML at line 2, column 1; correct it there"],
    ["a directive", "a: %marker\n", "Pulumi.dev.yaml is not YAML at line 1, column 4; correct it there"],
    ["two documents", "a: 1\n---\nb: marker\n", "Pulumi.dev.yaml is not YAML at line 2, column 1; correct it there"],
    ["text alone", "marker\n", "Pulumi.dev.yaml is not a map; write it as `pulumi config set` does"],
    [
      "a list as its configuration",
      "config: [marker]\n",
      "Pulumi.dev.yaml: config is not a map; write it as `pulumi config set` does",
    ],
    [
      "a password that begins with a star",
      "config:\n  fleet:databasePassword: *marker\n",
      `Pulumi.dev.yaml has an alias that leads nowhere at line 2, column 27; write the value itself there, in quotes if it begins with "*"`,
    ],
    ["an alias to itself", "a: &marker { b: *marker }\n", itself],
    ["a merge of text", "a: &x marker\nb: { <<: *x }\n", itself],
    [
      "aliases of aliases",
      `a: &a [${many("marker")}]\nb: &b [${many("*a")}]\nc: &c [${many("*b")}]\nd: [${many("*c")}]\n`,
      itself,
    ],
  ] as const) {
    it(`are refused with line and column, and no word of theirs: ${what}`, () => {
      assert.equal(config(text), sentence);
      assert.doesNotMatch(sentence, /marker/);
    });
  }

  it("are printed by nobody", async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => warnings.push(warning);
    process.on("warning", keep);
    parseMap("? { marker: 1 }\n: 2\na: !unknown marker\n", "Pulumi.dev.yaml");
    await Promise.race([once(process, "warning"), sleep(50)]);
    process.off("warning", keep);
    assert.deepEqual(warnings, []);
  });
});
