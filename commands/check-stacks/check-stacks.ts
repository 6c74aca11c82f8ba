import * as fs from "node:fs";
import * as path from "node:path";
import { secretKeys as programKeys } from "../../config/keys";
import { isIssue, type Issue } from "../../registry/issue";
import { readProject, readStackFile, withNamespace, type Project, type StackFile } from "../stack-file";
import { readInlineEnvironment } from "./environment";
import { plainSecrets, type PlainSecret } from "./plain-secrets";

/** What one look at a folder found. */
export interface CheckedStacks {
  /** The stack files, relative to the folder, sorted. */
  readonly files: readonly string[];
  /** File, key and fix, never a value. */
  readonly findings: readonly Issue[];
}

/**
 * Finds secrets in plain text in every stack file (`Pulumi.STACK.yaml`) of a project and in the defaults of its
 * `Pulumi.yaml`. Neither the CLI nor the program can tell: a map with one plain and one encrypted entry passes the CLI's
 * check, and arrives decrypted in the program.
 */
export function checkStacks(folder: string): CheckedStacks {
  const project = readProject(folder);
  if (isIssue(project)) return { files: [], findings: [project] };
  const files = stackFiles(folder, project);
  const declared = programKeys.map((key) => withNamespace(key, project.name));
  const secretKeys = [...declared, ...project.secretKeys];
  return {
    files,
    findings: [
      ...findInDefaults(project, secretKeys),
      ...files.flatMap((file) => {
        const stack = readStackFile(project, path.join(folder, file), file);
        return isIssue(stack) ? [stack] : findInStack(stack, project, secretKeys);
      }),
    ],
  };
}

const isStackFile = (name: string): boolean => /^Pulumi\..+\.(ya?ml|json)$/.test(name);

/** Those that Pulumi reads, wherever the project keeps them, and those of folders below. */
function stackFiles(folder: string, { stackFolder }: Project): readonly string[] {
  const kept = fs.existsSync(stackFolder) ? fs.readdirSync(stackFolder).filter(isStackFile) : [];
  const keptPaths = kept.map((name) => path.join(path.relative(folder, stackFolder), name));
  return [...new Set([...keptPaths, ...stackFilesBelow(folder)])].sort();
}

function stackFilesBelow(folder: string, below = ""): string[] {
  return fs.readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(below, entry.name);
    if (!entry.isDirectory()) return isStackFile(entry.name) ? [name] : [];
    return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : stackFilesBelow(folder, name);
  });
}

function findInStack(
  { fileName, config, environment }: StackFile,
  project: Project,
  secretKeys: readonly string[],
): readonly Issue[] {
  const stack = /^Pulumi\.(.+)\.\w+$/.exec(path.basename(fileName))?.[1] ?? "";
  const fix = (secret: PlainSecret, remove: string) => fixOf(secret, stack, project.name, remove);
  const own = Object.entries(config).flatMap(([key, value]) =>
    plainSecrets(key, value, project.name, secretKeys).map((secret) =>
      issue(`${fileName}: ${key}`, secret, fix(secret, "")),
    ),
  );

  const inline = readInlineEnvironment(environment);
  const values = `${fileName}: environment.values`;
  const configured = Object.entries(inline.config).flatMap(([key, value]) =>
    plainSecrets(withNamespace(key, project.name), value, project.name, secretKeys).map((secret) => {
      const place = `["pulumiConfig"][${JSON.stringify(key)}]`;
      return { place: `${place}${secret.place}`, found: issue(`${values}${place}`, secret, fix(secret, remove)) };
    }),
  );
  const others = inline.plain
    .filter((place) => !configured.some((found) => found.place.startsWith(place)))
    .map((place) => notEncrypted(`${values}${place}`, "is not encrypted", storedEnvironment));
  return [...own, ...configured.map(({ found }) => found), ...others];
}

const remove = "remove it, and ";

const storedEnvironment =
  "remove it, and keep a new one, since this one was readable, in a stored environment: pulumi env set ENVIRONMENT PATH --secret --file -";

function findInDefaults(project: Project, secretKeys: readonly string[]): readonly Issue[] {
  const fix = "remove it, and set a new one in each stack, since this one was readable";
  return Object.entries(project.defaults)
    .filter(([key, value]) => plainSecrets(key, value, project.name, secretKeys).length > 0)
    .map(([key]) => {
      const place = `${project.fileName}: ${withoutNamespace(key, project.name)}`;
      return notEncrypted(place, "has a default in plain text", fix);
    });
}

const notEncrypted = (place: string, sentence: string, fix: string): Issue => ({
  code: "not-encrypted",
  place,
  sentence,
  fix,
});

/** @param value where the value is that the secret is in */
function issue(value: string, { kind, place }: PlainSecret, fix: string): Issue {
  switch (kind) {
    case "value":
    case "misplaced":
      return notEncrypted(`${value}${place}`, "is not encrypted", fix);
    case "kubeconfig":
      return notEncrypted(value, `has ${place === "" ? "what may be a credential" : place} in plain text`, fix);
    case "user info":
      return notEncrypted(`${value}${place}`, "has user info in plain text", fix);
    case "private key":
      return notEncrypted(`${value}${place}`, "has a private key in plain text", fix);
  }
}

function fixOf({ kind, key }: PlainSecret, stack: string, project: string, first: string): string {
  if (kind === "private key") return "remove it, and make a new one, since it was readable";
  if (kind === "user info") return "remove it, and change that password, since it was readable";
  const name = withoutNamespace(key, project);
  const quoted = /^[\w:-]+$/.test(name) ? name : `--path '${name.replaceAll("'", `'\\''`)}'`;
  const command = `pulumi config set --stack ${stack} --secret ${quoted}`;
  return kind === "kubeconfig"
    ? `name a file, or encrypt one with a new credential, since this one was readable: ${command} < FILE`
    : `${kind === "misplaced" ? remove : first}set a new one, since this one was readable: ${command}`;
}

const withoutNamespace = (key: string, project: string): string =>
  key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
