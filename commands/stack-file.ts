import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { isIssue, type Issue } from "../registry/issue";
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

/** Reads the project of a folder, or says why there is none. */
export function readProject(folder: string): Project | Issue {
  const fileName = projectFiles.find((name) => fs.existsSync(path.join(folder, name)));
  if (fileName === undefined) {
    const fix = "run it in the folder of a project";
    return { code: "no-such-file", place: folder, sentence: "has no Pulumi.yaml", fix };
  }
  const content = readMap(path.join(folder, fileName), fileName);
  if (isIssue(content)) return content;
  const { name, config, stackConfigDir } = content.map;
  if (typeof name !== "string" || name === "") {
    return { code: "missing", place: fileName, sentence: "has no name", fix: "write one as text: name: fleet" };
  }
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

/** What is wrong with the file that a person names in the place of the one that Pulumi takes; Pulumi would pass over a missing one. */
export function configFileMistake(file: string | undefined): Issue | undefined {
  if (file === undefined || fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true) return undefined;
  const fix = "name the stack's file, or leave it out for the one that Pulumi takes";
  return { code: "no-such-file", place: "CONFIG_FILE", sentence: `is ${file}, which is no file`, fix };
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
 * Reads a stack's file, which has to be there, or says why it cannot be read.
 *
 * @param fileName what it is called in sentences
 */
export function readStackFile(project: Project, file: string, fileName = path.basename(file)): StackFile | Issue {
  const content = readMap(file, fileName);
  if (isIssue(content)) return content;
  const { config = {}, environment } = content.map;
  if (config !== null && !isMap(config)) {
    return { code: "malformed", place: `${fileName}: config`, sentence: "is not a map", fix: asPulumiWrites };
  }
  const written = new Map<string, string>();
  for (const key of Object.keys(asMap(config))) {
    const full = withNamespace(key, project.name);
    const first = written.get(full);
    // Pulumi takes one of the two, and not always the same one.
    if (first !== undefined) {
      const sentence = `has one key twice, as ${shownKey(first)} and ${shownKey(key)}`;
      return { code: "duplicate", place: fileName, sentence, fix: "keep one of the two" };
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

function readMap(file: string, fileName: string) {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fix = "make it a file that this user may read";
    return { code: "no-such-file", place: fileName, sentence: `cannot be read (${code ?? message})`, fix } as const;
  }
  return parseMap(text, fileName);
}

/**
 * Reads YAML, of which JSON is a part, or says where it is none. The sentences have line and column alone: the parser's own would quote the file, and
 * what cannot be read may be a password.
 *
 * Dates stay dates: what the engine makes of one is no text that a program takes for a day.
 */
export function parseMap(text: string, fileName: string): { readonly map: Entries } | Issue {
  const malformed = (sentence: string, fix: string): Issue => ({ code: "malformed", place: fileName, sentence, fix });
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
  if (error !== undefined) return malformed(`is not YAML ${at(error.pos[0])}`, "correct it there");

  let unresolved: yaml.Alias | undefined;
  yaml.visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      unresolved = alias;
      return yaml.visit.BREAK;
    },
  });
  if (unresolved !== undefined) {
    const fix = 'write the value itself there, in quotes if it begins with "*"';
    return malformed(`has an alias that leads nowhere ${at(unresolved.range?.[0] ?? 0)}`, fix);
  }
  try {
    const content: unknown = document.toJS() ?? {};
    JSON.stringify(content); // throws where something contains itself
    return isMap(content) ? { map: content } : malformed("is not a map", asPulumiWrites);
  } catch {
    return malformed("has an alias that leads to itself, to too much or to no map", "write the values themselves");
  }
}

/** Neither a list nor what YAML has besides: a date, a set, bytes. */
export const isMap = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Whether Pulumi takes a value for ciphertext, which every map with this one key is to it. */
export const isSecure = (value: unknown): boolean => isMap(value) && Object.keys(value).join() === "secure";

export const asMap = (value: unknown): Entries => (isMap(value) ? value : {});
