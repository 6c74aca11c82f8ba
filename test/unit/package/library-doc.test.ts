import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Property, Resource } from "@pulumi/pulumi/provider/experimental/schema";
import * as ts from "typescript";
import * as yaml from "yaml";
import { checkout } from "../../../local/support/paths";
import { librarySnippets } from "../../support/library-snippets";

const read = (name: string) => fs.readFileSync(path.join(checkout, name), "utf8");
const snippet = (language: string) => librarySnippets(language)[0] ?? "";

type Described = Readonly<Record<string, Property>>;
const { resources, types } = JSON.parse(read("plugin/schema.json")) as {
  readonly resources: Readonly<Record<string, Resource & { readonly inputProperties: Described }>>;
  readonly types: Readonly<Record<string, { readonly properties: Described; readonly required?: readonly string[] }>>;
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
      librarySnippets("typescript").map((text, i) => [
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

  /** Each call of something of the package in a text, with the names that it gives: `fleet.NAME(a=…, b=…)` or `fleet.NAME{A: …}`. */
  const callsIn = (text: string, open: string, close: string, given: RegExp) => {
    const calls: { readonly name: string; readonly names: readonly string[] }[] = [];
    for (const { 1: name = "", index } of text.matchAll(new RegExp(`(?<!\\])fleet\\.(\\w+)\\${open}`, "g"))) {
      const start = text.indexOf(open, index);
      let [end, depth] = [start, 0];
      // Of what is inside of another bracket, nothing is this call's.
      let own = "";
      do {
        const mark = text.charAt(end++);
        if ("({[".includes(mark)) depth++;
        if (depth === 1) own += mark;
        if (")}]".includes(mark)) depth--;
      } while (depth > 0);
      assert.equal(text.charAt(end - 1), close);
      calls.push({ name, names: [...own.matchAll(given)].map(([, one = ""]) => one) });
    }
    return calls;
  };
  /** What the schema has under a class' or a type's name in a language: its arguments, and those that it needs. */
  const described = (name: string) => {
    const resource = resources[`fleet:index:${name.replace(/Args$/, "")}`];
    const type = types[`fleet:index:${name.replace(/Args$/, "")}`];
    assert.ok(resource ?? type, name);
    return {
      names: Object.keys(resource?.inputProperties ?? type?.properties ?? {}),
      needed: resource?.requiredInputs ?? type?.required ?? [],
    };
  };
  const checkCalls = (calls: ReturnType<typeof callsIn>, spelled: (name: string) => string) => {
    for (const { name, names } of calls) {
      const { names: known, needed } = described(name);
      assert.deepEqual(
        names.filter((one) => !known.map(spelled).includes(one)),
        [],
        name,
      );
      assert.deepEqual(
        needed.map(spelled).filter((one) => !names.includes(one)),
        [],
        name,
      );
    }
  };
  const outputsOf = (name: string) => Object.keys(resources[`fleet:index:${name}`]?.properties ?? {});

  it("has Python of the names that the schema has, in its spelling", () => {
    const text = snippet("python");
    const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const calls = callsIn(text, "(", ")", /[(,]\s*(\w+)=/g);
    assert.deepEqual(
      calls.map(({ name }) => name),
      ["ImagePullSecrets", "RegistryArgs", "ExistingSecretArgs"],
    );
    checkCalls(calls, snake);
    const [, output = ""] = /pull_secrets\.(\w+)/.exec(text) ?? [];
    assert.ok(outputsOf("ImagePullSecrets").map(snake).includes(output), output);
  });

  it("has Go of the names that the schema has, in its spelling", () => {
    const text = snippet("go");
    const pascal = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const literals = callsIn(text, "{", "}", /[{,]\s*(\w+):/g);
    assert.deepEqual(
      literals.map(({ name }) => name),
      ["ImagePullSecretsArgs", "RegistryArgs", "ExistingSecretArgs"],
    );
    checkCalls(literals, pascal);
    assert.match(text, /fleet\.NewImagePullSecrets\(ctx, /);
    const [, output = ""] = /pullSecrets\.(\w+)/.exec(text) ?? [];
    assert.ok(outputsOf("ImagePullSecrets").map(pascal).includes(output), output);
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
