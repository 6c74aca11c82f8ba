import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { shownKey } from "../registry/shown-key";

/** A map in a file. */
export type Entries = Readonly<Record<string, unknown>>;

/** A project, as Pulumi finds and reads it (`workspace/paths.go` and `workspace/loaders.go` of its SDK 3.256.0). */
export interface Project {
  readonly name: string;
  /** The name of its file: `Pulumi.yaml`. */
  readonly fileName: string;
  /** Where the stacks' files are. */
  readonly stackFolder: string;
  /** What counts for a key that a stack's file leaves out, by the key with its namespace. */
  readonly defaults: Entries;
  /** The keys that it declares secret, with their namespace. */
  readonly secretKeys: readonly string[];
}

/** A stack's file. */
export interface StackFile {
  readonly fileName: string;
  /** By the key with its namespace, in whichever form the file writes it. */
  readonly config: Entries;
  /** The definition or the list of environments (Pulumi ESC), which only the Pulumi command line can open. */
  readonly environment: unknown;
  /** Their names; the file's own name stands for what is defined in it. */
  readonly environments: readonly string[];
}

/** Pulumi's order. A stack's file ends as its project's does. */
const projectFiles = ["Pulumi.json", "Pulumi.yaml", "Pulumi.yml"];

/**
 * Reads the project of a folder.
 *
 * @returns one sentence where there is none, or it cannot be read
 */
export function readProject(folder: string): Project | string {
  const fileName = projectFiles.find((name) => fs.existsSync(path.join(folder, name)));
  if (fileName === undefined) return `${folder} has no Pulumi.yaml; run it in the folder of a project`;
  const content = readMap(path.join(folder, fileName), fileName);
  if (typeof content === "string") return content;
  const { name, config, stackConfigDir } = content;
  if (typeof name !== "string" || name === "") return `${fileName} has no name; write one as text: name: fleet`;
  const declared = Object.entries(asMap(config)).map(([key, value]) => [withNamespace(key, name), value] as const);
  // Text in place of the map is the older way to say where the stacks' files are.
  const below = [stackConfigDir, config].find((value) => typeof value === "string") ?? "";
  return {
    name,
    fileName,
    stackFolder: path.join(folder, below),
    defaults: Object.fromEntries(
      declared.flatMap(([key, value]) => {
        const { default: byDefault, value: fixed } = isMap(value) ? value : { default: value };
        const given = byDefault ?? fixed;
        return given === undefined ? [] : [[key, given]];
      }),
    ),
    secretKeys: declared.flatMap(([key, value]) => (asMap(value).secret === true ? [key] : [])),
  };
}

/** Where Pulumi looks for a stack's file. @param stack may begin with organization and project */
export function stackFilePath({ fileName, stackFolder }: Project, stack: string): string {
  return path.join(stackFolder, `Pulumi.${stack.split("/").pop()}${path.extname(fileName)}`);
}

/** The stacks that have a file there, sorted. */
export function stacksWithFile({ fileName, stackFolder }: Project): readonly string[] {
  const extension = path.extname(fileName);
  return (fs.existsSync(stackFolder) ? fs.readdirSync(stackFolder) : [])
    .filter((name) => name.startsWith("Pulumi.") && name.endsWith(extension) && name !== fileName)
    .map((name) => name.slice("Pulumi.".length, -extension.length))
    .sort();
}

/**
 * Reads a stack's file, which has to be there.
 *
 * @param fileName what it is called in sentences
 * @returns one sentence where it cannot be read
 */
export function readStackFile(project: Project, file: string, fileName = path.basename(file)): StackFile | string {
  const content = readMap(file, fileName);
  if (typeof content === "string") return content;
  const { config = {}, environment } = content;
  if (config !== null && !isMap(config)) return `${fileName}: config is not a map; ${asPulumiWrites}`;
  const written = new Map<string, string>();
  for (const key of Object.keys(asMap(config))) {
    const full = withNamespace(key, project.name);
    const first = written.get(full);
    // Pulumi takes one of the two, and not always the same one.
    if (first !== undefined) {
      return `${fileName} has one key twice, as ${shownKey(first)} and ${shownKey(key)}; keep one of the two`;
    }
    written.set(full, key);
  }
  return {
    fileName,
    config: Object.fromEntries([...written].map(([full, key]) => [full, asMap(config)[key]])),
    environment,
    environments: environmentsIn(environment, fileName),
  };
}

const asPulumiWrites = "write it as `pulumi config set` does";

/** A list of names, of which each may be a map with its options; or a definition, with `imports` and values of its own. */
function environmentsIn(environment: unknown, fileName: string): readonly string[] {
  const { imports, values } = isMap(environment) ? environment : { imports: environment, values: undefined };
  const names = (Array.isArray(imports) ? (imports as readonly unknown[]) : [imports]).flatMap((name) =>
    typeof name === "string" ? [name] : Object.keys(asMap(name)),
  );
  return Object.keys(asMap(values)).length === 0 ? names : [...names, `${fileName} itself`];
}

/** `key` and `project:config:key` are other forms of `project:key`. */
export const withNamespace = (key: string, project: string): string =>
  key.includes(":") ? key.replace(/^([^:]+):config:/, "$1:") : `${project}:${key}`;

const readMap = (file: string, fileName: string) => parseMap(fs.readFileSync(file, "utf8"), fileName);

/**
 * Reads YAML, of which JSON is a part. The sentences have line and column alone: the parser's own would quote the file, and
 * what cannot be read may be a password.
 *
 * Dates stay dates: what the engine makes of one is no text that a program takes for a day.
 */
export function parseMap(text: string, fileName: string): Entries | string {
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    merge: true,
    customTags: ["timestamp"],
    lineCounter: lines,
    logLevel: "error", // a warning would be printed with the file's words
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `at line ${line}, column ${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) return `${fileName} is not YAML ${at(error.pos[0])}; correct it there`;

  let unresolved: yaml.Alias | undefined;
  yaml.visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      unresolved = alias;
      return yaml.visit.BREAK;
    },
  });
  if (unresolved !== undefined) {
    const place = at(unresolved.range?.[0] ?? 0);
    return `${fileName} has an alias that leads nowhere ${place}; write the value itself there, in quotes if it begins with "*"`;
  }
  try {
    const content: unknown = document.toJS() ?? {};
    JSON.stringify(content); // throws where something contains itself
    return isMap(content) ? content : `${fileName} is not a map; ${asPulumiWrites}`;
  } catch {
    return `${fileName} has an alias that leads to itself, to too much or to no map; write the values themselves`;
  }
}

/** Neither a list nor what YAML has besides: a date, a set, bytes. */
export const isMap = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

export const asMap = (value: unknown): Entries => (isMap(value) ? value : {});
