import * as fs from "node:fs";
import * as path from "node:path";
import type * as ts from "typescript";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema, type PackageSpec } from "@pulumi/pulumi/provider/experimental/schema";
import { componentNames } from "../../components/component-provider";
import { checkout, stateDir } from "../../local/support/paths";

type Property = { description?: string };
type AnalyzeSymbol = (context: unknown, symbol: ts.Symbol) => Property;

/** The SDK's analyzer takes a docstring without its tags, and so would leave out every default. */
class DescribingAnalyzer extends Analyzer {
  constructor(...args: ConstructorParameters<typeof Analyzer>) {
    super(...args);
    const analyzer = this as unknown as { analyzeSymbol: AnalyzeSymbol };
    const analyze = analyzer.analyzeSymbol.bind(this);
    analyzer.analyzeSymbol = (context, symbol) => {
      const property = analyze(context, symbol);
      const [value] = symbol.getJsDocTags().filter(({ name }) => name === "default");
      const text = value?.text?.map((part) => part.text).join("");
      if (text === undefined || text === "") return property;
      return { ...property, description: `${property.description ?? ""}\n\nDefault: ${text}`.trim() };
    };
  }
}

/** The schema of the Pulumi package, made from the components with the SDK's analyzer. */
export function componentSchema(): PackageSpec {
  const manifest = JSON.parse(fs.readFileSync(path.join(checkout, "package.json"), "utf8")) as {
    readonly version: string;
    readonly description: string;
  };
  // The analyzer reads all files of the tsconfig.json in its folder: these are the components alone.
  const folder = path.join(stateDir, "schema");
  const entry = path.join(checkout, "components", "component-provider.ts");
  fs.mkdirSync(folder, { recursive: true });
  const settings = { extends: path.join(checkout, "tsconfig.json"), files: [entry], include: [] };
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(settings));
  const analyzer = new DescribingAnalyzer(folder, "fleet", { main: entry }, new Set(componentNames));
  const { components, typeDefinitions } = analyzer.analyze();
  // A resource of another package is an output in TypeScript alone: with a reference to it, Pulumi takes the schema only beside the plugin
  // of that very version.
  for (const { outputs } of Object.values(components)) {
    for (const [name, output] of Object.entries(outputs))
      if ("$ref" in output && output.$ref.includes("/resources/")) delete outputs[name];
  }
  return generateSchema("fleet", manifest.version, manifest.description, components, typeDefinitions, []);
}
