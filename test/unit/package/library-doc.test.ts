import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Property, Resource } from "@pulumi/pulumi/provider/experimental/schema";
import * as ts from "typescript";
import * as yaml from "yaml";
import { checkout } from "../../../local/support/paths";

const read = (name: string) => fs.readFileSync(path.join(checkout, name), "utf8");
const snippets = (language: string) =>
  [...read("docs/library.md").matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(
    ([, text = ""]) => text,
  );
const snippet = (language: string) => snippets(language)[0] ?? "";

type Described = Readonly<Record<string, Property>>;
const { resources, types } = JSON.parse(read("plugin/schema.json")) as {
  readonly resources: Readonly<Record<string, Resource & { readonly inputProperties: Described }>>;
  readonly types: Readonly<Record<string, { readonly properties: Described }>>;
};

/** The names in a value that the schema lacks. */
function unknownNames(value: unknown, properties: Described): readonly string[] {
  return Object.entries(value as object).flatMap(([name, inner]: [string, unknown]) => {
    const property = properties[name];
    if (property === undefined) return [name];
    const items = property.additionalProperties;
    const type = types[("$ref" in property ? property.$ref : "").replace("#/types/", "")];
    const itemType = types[(items !== undefined && "$ref" in items ? items.$ref : "").replace("#/types/", "")];
    if (type !== undefined) return unknownNames(inner, type.properties);
    if (itemType === undefined) return [];
    return Object.values(inner as object).flatMap((item) => unknownNames(item, itemType.properties));
  });
}

describe("docs/library.md", function () {
  this.timeout("2m"); // a compiler, on a busy machine

  it("has TypeScript that the types take", () => {
    const texts = new Map(
      snippets("typescript").map((text, i) => [
        path.join(checkout, "test", `library-snippet-${i}.ts`),
        text
          .replace('"fleet-private-registry"', '"../components"')
          .replace('"fleet-private-registry/preflight"', '"../preflight"'),
      ]),
    );
    assert.equal(texts.size, 2);
    for (const text of texts.values()) assert.match(text, /new Fleet\(/);
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      types: ["node"],
    };
    const host = ts.createCompilerHost(options);
    const readSource = host.getSourceFile.bind(host);
    host.getSourceFile = (name, version) => {
      const text = texts.get(name);
      return text === undefined ? readSource(name, version) : ts.createSourceFile(name, text, version);
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    const told = [...texts.keys()].flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
    assert.deepEqual(
      told.map(({ messageText }) => messageText),
      [],
    );
  });

  it("has YAML that the schema takes", () => {
    const program = yaml.parse(snippet("yaml")) as {
      readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: object }>>;
    };
    for (const { type, properties } of Object.values(program.resources)) {
      const resource = resources[type];
      assert.ok(resource, type);
      assert.deepEqual(unknownNames(properties, resource.inputProperties), []);
      const given = Object.keys(properties);
      assert.deepEqual(
        (resource.requiredInputs ?? []).filter((name) => !given.includes(name)),
        [],
      );
    }
  });
});
