import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { nearest } from "../../registry/nearest";
import { isIssue } from "../../registry/issue";
import { parseServer } from "../../registry/server";
import type { Request } from "./request";

/** One stack that has the registry. */
export interface Target {
  readonly stack: string;
  /** Its place in the order of the updates, from 1 up. */
  readonly wave: number;
  /** The stack's file. */
  readonly file: string;
  /** The registry as this stack's file writes it. */
  readonly key: string;
}

export interface Targets {
  /** The project's name. */
  readonly project: string;
  readonly targets: readonly Target[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

type Entries = Readonly<Record<string, unknown>>;

/**
 * Finds the registry in each stack's file.
 *
 * @param folder of the project
 * @param existing the names of the project's stacks, as `pulumi stack ls` has them
 */
export function findTargets(folder: string, request: Request, existing: readonly string[]): Targets {
  const project = readYaml(path.join(folder, "Pulumi.yaml"), "Pulumi.yaml");
  if (typeof project === "string") return { project: "", targets: [], problems: [project] };
  const found = request.waves.flatMap((wave, i) =>
    wave.map((stack) => findTarget(folder, project, request, stack, i + 1, existing)),
  );
  return {
    project: String(project.name),
    targets: found.filter((one) => typeof one !== "string"),
    problems: found.filter((one) => typeof one === "string"),
  };
}

function findTarget(
  folder: string,
  project: Entries,
  { server, canonical }: Request,
  stack: string,
  wave: number,
  existing: readonly string[],
): Target | string {
  if (!existing.some((one) => one === stack || one.endsWith(`/${stack}`) || stack.endsWith(`/${one}`))) {
    const near = nearest(stack, existing);
    const known = existing.length === 0 ? "this project has none" : `the stacks are ${existing.join(", ")}`;
    return `${stack}: there is no such stack; ${near === undefined ? known : `did you mean ${near}?`}`;
  }
  const name = `Pulumi.${stack.split("/").pop()}.yaml`;
  const file = path.join(folder, typeof project.stackConfigDir === "string" ? project.stackConfigDir : "", name);
  if (!fs.existsSync(file)) return `${stack}: ${name} is not there; run make rotate where the stack's file is`;
  const content = readYaml(file, name);
  if (typeof content === "string") return `${stack}: ${content}`;

  const entries = (key: string) => asMap(asMap(content.config)[`${String(project.name)}:${key}`]);
  const keys = Object.keys(entries("registries"));
  const key = keys.find((one) => canonicalOf(one) === canonical);
  const environment = content.environment !== undefined;
  if (key === undefined || (environment && entries("registryPasswords")[key] === undefined)) {
    if (environment) {
      return `${stack}: ${name} has no password for ${server}, but names an environment of Pulumi ESC; change it there, then run pulumi up`;
    }
    const others = keys.length === 0 ? "none" : keys.sort().join(", ");
    return `${stack}: ${name} has no ${server} in ${String(project.name)}:registries, which lists ${others}; add it, or leave ${stack} out of STACKS`;
  }
  return { stack, wave, file, key };
}

function canonicalOf(key: string): string | undefined {
  const parsed = parseServer(key);
  return isIssue(parsed) ? undefined : parsed.canonical;
}

/** A file's content, or a sentence that says why it has none; the parser's own message would quote the file. */
function readYaml(file: string, name: string): Entries | string {
  if (!fs.existsSync(file)) return `${name} is not there; run make rotate in the folder of the project`;
  const document = yaml.parseDocument(fs.readFileSync(file, "utf8"), { merge: true });
  const place = document.errors[0]?.linePos?.[0];
  if (place !== undefined) return `${name} is not YAML at line ${place.line}, column ${place.col}; correct it there`;
  return asMap(document.toJS());
}

function asMap(value: unknown): Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Entries) : {};
}
