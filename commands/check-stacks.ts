import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { shownKey } from "../registry/shown-key";
import { secretKeys as programKeys } from "../config/keys";
import { main, say } from "./terminal";
import { UserError } from "../components/user-error";

type Entries = Readonly<Record<string, unknown>>;

/** What one look at a folder found. */
export interface CheckedStacks {
  /** The stack files, relative to the folder, sorted. */
  readonly files: readonly string[];
  /** One sentence each: file, key and fix, never a value. */
  readonly findings: readonly string[];
}

/**
 * Finds secrets in plain text in every stack file (`Pulumi.STACK.yaml`) of a project and in the defaults of its
 * `Pulumi.yaml`. Neither the CLI nor the program can tell: a map with one plain and one encrypted entry passes the CLI's
 * check, and arrives decrypted in the program.
 *
 * @throws UserError when there is no project in the folder
 */
export function checkStacks(folder: string): CheckedStacks {
  const projectFile = ["Pulumi.yaml", "Pulumi.yml"].find((name) => fs.existsSync(path.join(folder, name)));
  if (projectFile === undefined) throw new UserError(`${folder} has no Pulumi.yaml; name the folder of a project`);
  const files = stackFiles(folder).sort();
  const project = read(folder, projectFile);
  if (typeof project === "string") return { files, findings: [project] };

  const secretKeys = secretKeysOf(project);
  return {
    files,
    findings: [
      ...findInDefaults(projectFile, project, secretKeys),
      ...files.flatMap((file) => {
        const stack = read(folder, file);
        return typeof stack === "string" ? [stack] : findInStack(file, stack, String(project.name), secretKeys);
      }),
    ],
  };
}

function stackFiles(folder: string, below = ""): string[] {
  return fs.readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(below, entry.name);
    if (entry.isDirectory()) {
      return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : stackFiles(folder, name);
    }
    return /^Pulumi\..+\.(ya?ml|json)$/.test(entry.name) ? [name] : [];
  });
}

/** A file's content, or a sentence that says why it has none; the parser's own message would quote the file. */
function read(folder: string, file: string): Entries | string {
  const document = yaml.parseDocument(fs.readFileSync(path.join(folder, file), "utf8"), { merge: true });
  const place = document.errors[0]?.linePos?.[0];
  if (place !== undefined) return `${file} is not YAML at line ${place.line}, column ${place.col}; correct it there`;
  try {
    const content: unknown = document.toJS();
    if (document.errors.length === 0 && isMap(content ?? {})) return (content ?? {}) as Entries;
    return `${file} is not a map; write it as \`pulumi config set\` does`;
  } catch {
    return `${file} has an alias that leads nowhere or too far; write the value itself there`;
  }
}

/** The keys that are encrypted in a stack, with their namespace. */
function secretKeysOf(project: Entries): readonly string[] {
  const declared = Object.entries(asMap(project.config)).filter(([, key]) => asMap(key).secret === true);
  return [...programKeys, ...declared.map(([key]) => key)].map((key) => withNamespace(key, String(project.name)));
}

function findInStack(file: string, stack: Entries, project: string, secretKeys: readonly string[]): readonly string[] {
  const { config } = stack;
  if (config !== undefined && config !== null && !isMap(config)) {
    return [`${file}: config is not a map; write it as \`pulumi config set\` does`];
  }
  return Object.entries(asMap(config)).flatMap(([key, value]) => {
    const name = withNamespace(key, project);
    const isSecret = secretKeys.some((one) => name === one || name.startsWith(`${one}[`) || name.startsWith(`${one}.`));
    if (!isSecret) return [];
    return plainPaths(value).map((place) => {
      const short = name.startsWith(`${project}:`) ? name.slice(project.length + 1) : name;
      return `${file}: ${name}${place} is not encrypted; set a new one, since this one was readable: ${setCommand(file, `${short}${place}`)}`;
    });
  });
}

function findInDefaults(file: string, project: Entries, secretKeys: readonly string[]): readonly string[] {
  return Object.entries(asMap(project.config)).flatMap(([key, declared]) => {
    const { default: byDefault, value } = asMap(declared);
    const isSecret = secretKeys.includes(withNamespace(key, String(project.name)));
    if (!isSecret || plainPaths(byDefault).length + plainPaths(value).length === 0) return [];
    return [
      `${file}: ${key} has a default in plain text; remove it, and set a new one in each stack, since this one was readable`,
    ];
  });
}

function setCommand(file: string, key: string): string {
  const stack = /^Pulumi\.(.+)\.\w+$/.exec(path.basename(file))?.[1] ?? "";
  const what = /^[\w:-]+$/.test(key) ? key : `--path '${key.replaceAll("'", `'\\''`)}'`;
  return `pulumi config set --stack ${stack} --secret ${what}`;
}

/** Where a value has plain text in it, as paths below it. What is empty is not set. */
function plainPaths(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === "" || isEncrypted(value)) return [];
  if (Array.isArray(value)) return value.flatMap((one, i) => plainPaths(one).map((rest) => `[${i}]${rest}`));
  if (!isMap(value)) return [""];
  return Object.entries(value).flatMap(([key, one]) => plainPaths(one).map((rest) => `[${shownKey(key)}]${rest}`));
}

/**
 * Ciphertext as Pulumi writes it: `v1:`, a nonce of 12 bytes and the rest (passphrase, KMS, Vault), or base64 alone (Pulumi
 * Cloud). Plain text after `secure:` is a secret in plain text too.
 */
const ciphertext = /^(v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/]{22,}={0,2}|[A-Za-z0-9+/]{36,}={0,2})$/;

function isEncrypted(value: unknown): boolean {
  if (!isMap(value)) return false;
  const { secure, ...others } = value;
  return Object.keys(others).length === 0 && typeof secure === "string" && ciphertext.test(secure);
}

/** `key` and `project:config:key` are older forms of `project:key`. */
const withNamespace = (key: string, project: string): string =>
  key.includes(":") ? key.replace(/^([^:]+):config:/, "$1:") : `${project}:${key}`;

const isMap = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const asMap = (value: unknown): Entries => (isMap(value) ? value : {});

if (require.main === module) {
  main(async () => {
    const { files, findings } = await Promise.resolve(checkStacks(process.argv[2] ?? process.cwd()));
    if (findings.length > 0) throw new UserError(findings.join("\n"));
    say(`every secret in ${files.length === 1 ? "1 stack file" : `${files.length} stack files`} is encrypted`);
  });
}
