import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findTargets } from "../../../../commands/rotate/targets";
import { issueText } from "../../../../registry/issue";
import { parseRequest } from "../../../../commands/rotate/request";

describe("the registry in the stacks' files", () => {
  let folder = "";
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const find = (stacks: string, server = "registry.example.com") => {
    const request = parseRequest({ SERVER: server, STACKS: stacks });
    assert.ok("server" in request);
    const found = findTargets(folder, request, ["dev", "staging", "acme/production"]);
    return { ...found, problems: found.problems.map(issueText) };
  };
  const problem = (text: string) => {
    write("Pulumi.dev.yaml", text);
    return find("dev").problems;
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "rotate-project-"));
    write("Pulumi.yaml", "name: fleet\nruntime: nodejs\n");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("is found in each one's own spelling, by wave", () => {
    write("Pulumi.dev.yaml", 'config:\n  fleet:registries: { "https://Registry.Example.com/": { username: a } }\n');
    write(
      "Pulumi.staging.yaml",
      "config:\n  fleet:registries: { ghcr.io: {}, registry.example.com: { username: b } }\n",
    );
    write("Pulumi.production.yaml", "config:\n  fleet:registries: { registry.example.com: { username: c } }\n");
    const { project, targets, problems } = find("dev staging,acme/production");
    assert.deepEqual([project, problems], ["fleet", []]);
    assert.deepEqual(
      targets.map(({ stack, wave, key, file }) => [stack, wave, key, path.basename(file)]),
      [
        ["dev", 1, "https://Registry.Example.com/", "Pulumi.dev.yaml"],
        ["staging", 2, "registry.example.com", "Pulumi.staging.yaml"],
        ["acme/production", 2, "registry.example.com", "Pulumi.production.yaml"],
      ],
    );
  });

  it("is looked for where the project keeps its stacks' files", () => {
    write("Pulumi.yaml", "name: fleet\nstackConfigDir: stacks\n");
    fs.mkdirSync(path.join(folder, "stacks"));
    write("stacks/Pulumi.dev.yaml", "config:\n  fleet:registries: { registry.example.com: { username: a } }\n");
    assert.equal(find("dev").targets[0]?.file, path.join(folder, "stacks", "Pulumi.dev.yaml"));
  });

  it("is missing, said once for each stack, all at once", () => {
    write("Pulumi.dev.yaml", "config:\n  fleet:registries: { quay.io: {}, ghcr.io: {} }\n");
    write("Pulumi.staging.yaml", "config: {}\n");
    const { targets, problems } = find("dev,staging prodution acme/production zzz");
    assert.deepEqual(targets, []);
    assert.deepEqual(problems, [
      "dev: Pulumi.dev.yaml has no registry.example.com in fleet:registries, which lists ghcr.io, quay.io; add it, or leave dev out of STACKS",
      "staging: Pulumi.staging.yaml has no registry.example.com in fleet:registries, which lists none; add it, or leave staging out of STACKS",
      "prodution: there is no such stack; the stacks are dev, staging, acme/production",
      "acme/production: Pulumi.production.yaml is not there; run make rotate where the stack's file is",
      "zzz: there is no such stack; the stacks are dev, staging, acme/production",
    ]);
    assert.deepEqual(find("acme/other/dev").problems, [
      "acme/other/dev: it is of the project other, and this one is fleet; run make rotate in that project's folder",
    ]);
    assert.deepEqual(find("stagin").problems, ["stagin: there is no such stack; did you mean staging?"]);
  });

  it("comes from an environment of Pulumi ESC", () => {
    const sentence =
      "dev: Pulumi.dev.yaml has no password for registry.example.com, but names an environment of Pulumi ESC; " +
      "change it there, then run pulumi up";
    const registries = "  fleet:registries: { registry.example.com: { username: a } }\n";
    assert.deepEqual(problem("environment: [fleet/dev]\n"), [sentence]);
    assert.deepEqual(problem(`environment: [fleet/dev]\nconfig:\n${registries}`), [sentence]);
    const own = "  fleet:registryPasswords: { registry.example.com: { secure: x } }\n";
    assert.deepEqual(problem(`environment: [fleet/dev]\nconfig:\n${registries}${own}`), []);
  });

  it("is found in every form of a key, in a file that ends as the project's", () => {
    fs.renameSync(path.join(folder, "Pulumi.yaml"), path.join(folder, "Pulumi.yml"));
    for (const key of ["registries", "fleet:config:registries"]) {
      write("Pulumi.dev.yml", `config:\n  ${key}: { registry.example.com: { username: a } }\n`);
      assert.deepEqual(find("dev").problems, []);
    }
  });

  it("is in a file that cannot be read, whose content is not shown", () => {
    assert.deepEqual(problem("config: [marker\n"), [
      "dev: Pulumi.dev.yaml is not YAML at line 2, column 1; correct it there",
    ]);
    fs.rmSync(path.join(folder, "Pulumi.yaml"));
    assert.deepEqual(find("dev").problems, [`${folder} has no Pulumi.yaml; run it in the folder of a project`]);
  });
});
