import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { UserError } from "../../components/user-error";

/** A stack's configuration without its secrets: as the engine hands it to the program, with a placeholder for each. */
export interface StackFile {
  readonly project: string;
  readonly values: Readonly<Record<string, string>>;
  /** The keys whose value, or something inside it, is encrypted. */
  readonly secretKeys: readonly string[];
  /** Environments (Pulumi ESC) that bring more configuration, which only the Pulumi CLI can open. */
  readonly environments: readonly string[];
}

/**
 * Stands for every encrypted value: no key, passphrase or login is needed to see which credential goes where. Every check
 * of a password, private key or certificate's key passes it.
 */
const placeholder = "-----BEGIN PRIVATE KEY----- placeholder of an encrypted value";

type Entries = Readonly<Record<string, unknown>>;

/**
 * Reads a stack's file and the defaults of `Pulumi.yaml`.
 *
 * @param folder the project's
 * @param file the stack's, where it is not `Pulumi.STACK.yaml` there
 * @throws UserError when there is no such file, or it is not YAML
 */
export function readStackFile(folder: string, stack: string, file?: string): StackFile {
  const project = read(path.join(folder, "Pulumi.yaml"), `${folder} has no Pulumi.yaml: it is no Pulumi project.`);
  const name = String(project.name);
  const stackFile = file ?? path.join(folder, `Pulumi.${stack}.yaml`);
  const settings = read(stackFile, missing(folder, stack, stackFile));
  const given = Object.entries(asMap(settings.config)).map(
    ([key, value]) => [withNamespace(key, name), value] as const,
  );
  const defaults = Object.entries(asMap(project.config)).flatMap(([key, declared]) => {
    const { default: value } = asMap(declared);
    return value === undefined ? [] : [[withNamespace(key, name), value] as const];
  });
  const environments = asMap(settings.environment).imports ?? settings.environment;
  return {
    project: name,
    values: Object.fromEntries([...defaults, ...given].map(([key, value]) => [key, asText(withoutSecrets(value))])),
    secretKeys: given.filter(([, value]) => hasSecret(value)).map(([key]) => key),
    environments: Array.isArray(environments) ? environments.map(String) : [],
  };
}

function missing(folder: string, stack: string, file: string): string {
  const stacks = fs
    .readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
  const others = stacks.length === 0 ? "there is none here" : `the stacks here are ${stacks.join(", ")}`;
  return `The stack ${stack} has no ${path.basename(file)}; ${others}: make explain STACK=${stacks[0] ?? "NAME"}`;
}

/** Dates stay dates: what the engine makes of one is no text that a program takes for a day. */
function read(file: string, otherwise: string): Entries {
  if (!fs.existsSync(file)) throw new UserError(otherwise);
  const document = yaml.parseDocument(fs.readFileSync(file, "utf8"), { merge: true, customTags: ["timestamp"] });
  const place = document.errors[0]?.linePos?.[0];
  if (place !== undefined) {
    throw new UserError(
      `${path.basename(file)} is not YAML at line ${place.line}, column ${place.col}; correct it there.`,
    );
  }
  return asMap(document.toJS());
}

/** `key` and `project:config:key` are older forms of `project:key`. */
const withNamespace = (key: string, project: string): string =>
  key.includes(":") ? key.replace(/^([^:]+):config:/, "$1:") : `${project}:${key}`;

const isMap = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

const asMap = (value: unknown): Entries => (isMap(value) ? value : {});

const isSecret = (value: unknown): boolean =>
  isMap(value) && Object.keys(value).length === 1 && typeof value.secure === "string";

function hasSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && Object.values(value).some(hasSecret);
}

function withoutSecrets(value: unknown): unknown {
  if (isSecret(value)) return placeholder;
  if (value instanceof Date) return `${value.toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}

/** As the engine hands a value over: text as it is, everything else as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));
