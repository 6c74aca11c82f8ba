import { strict as assert } from "node:assert";
import * as path from "node:path";
import * as yaml from "yaml";
import { kubectl, runKubectl } from "../../local/session";
import type { Stack } from "../../local/stack";
import { checkout } from "../../local/support/paths";
import { librarySnippets } from "../support/library-snippets";
import type { KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { succeeded } from "../support/test-stack";
import { yamlStack } from "../support/yaml-program";

const namespace = "test-component";

interface PullSecret extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

interface YamlProgram {
  readonly resources: { readonly "pull-secrets": { readonly properties: Record<string, unknown> } };
}

/** The YAML program of docs/library.md. */
function documentedProgram(): YamlProgram {
  return yaml.parse(librarySnippets("yaml")[0] ?? "") as YamlProgram;
}

describe("the package in a YAML program", function () {
  this.timeout("5m");
  let stack: Stack;

  const secrets = async () =>
    (await kubectl<{ items: PullSecret[] }>(session(), ["get", "secrets", "--namespace", namespace])).items;
  const passwordOf = (secret: PullSecret | undefined) =>
    (
      JSON.parse(Buffer.from(secret?.data[".dockerconfigjson"] ?? "", "base64").toString()) as {
        auths: Record<string, { password: string }>;
      }
    ).auths["registry.example.com"]?.password;

  before(async () => {
    const program = documentedProgram();
    program.resources["pull-secrets"].properties.namespace = namespace;
    stack = await yamlStack("component", program, "marker-first");
    await runKubectl(session(), ["create", "namespace", namespace]);
  });
  after(() => runKubectl(session(), ["delete", "namespace", namespace, "--wait=false"]));

  it("has a schema that Pulumi takes", async () => {
    const output = await stack.pulumi(["package", "get-schema", path.join(checkout, "plugin/schema.json")]);
    const { resources } = JSON.parse(output) as { resources: object };
    assert.deepEqual(Object.keys(resources).sort(), ["fleet:index:Fleet", "fleet:index:ImagePullSecrets"]);
  });

  it("previews what it will make, and no password", async () => {
    const text = succeeded(await stack.preview("--diff"));
    assert.match(text, /kubernetes:core\/v1:Secret: \(create\)/);
    assert.match(text, /name +: "pull-secrets-registry-example-com-[0-9a-f]{8}"/);
    assert.doesNotMatch(text, /marker/);
  });

  it("makes it, and has nothing to do then", async () => {
    succeeded(await stack.up());
    const [secret, ...more] = await secrets();
    assert.deepEqual(more, []);
    assert.equal(passwordOf(secret), "marker-first");
    assert.deepEqual(await stack.outputs(), {
      imagePullSecrets: [{ name: secret?.metadata.name }],
    });
    succeeded(await stack.preview("--expect-no-changes"));
  });

  it("rotates under a new name", async () => {
    const [before] = await secrets();
    await stack.set("registryPassword", "marker-second", true);
    assert.doesNotMatch(succeeded(await stack.up()), /marker/);
    const [after, ...more] = await secrets();
    assert.deepEqual(more, []);
    assert.equal(passwordOf(after), "marker-second");
    assert.notEqual(after?.metadata.name, before?.metadata.name);
  });

  it("takes it away", async () => {
    succeeded(await stack.destroy());
    assert.deepEqual(await secrets(), []);
  });
});
