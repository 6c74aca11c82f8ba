import * as fs from "node:fs";
import * as path from "node:path";
import { nearest } from "../../registry/nearest";
import { isIssue } from "../../registry/issue";
import { parseServer } from "../../registry/server";
import { asMap, readProject, readStackFile, stackFilePath, type Project } from "../stack-file";
import type { RotateRequest } from "./request";

/** One stack that has the registry. */
export interface Target {
  readonly stack: string;
  /** Its place in the order of the updates, from 1 up. */
  readonly wave: number;
  /** The stack's file. */
  readonly file: string;
  /** The registry as this stack's file writes it. */
  readonly key: string;
  /** Its username is encrypted there, and so may be the password as well, as DigitalOcean has it. */
  readonly hasSecretUsername?: true;
}

export interface Targets {
  /** The project's name. */
  readonly project: string;
  readonly targets: readonly Target[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

/**
 * Finds the registry in each stack's file.
 *
 * @param folder of the project
 * @param existing the names of the project's stacks, as `pulumi stack ls` has them
 */
export function findTargets(folder: string, request: RotateRequest, existing: readonly string[]): Targets {
  const project = readProject(folder);
  if (typeof project === "string") return { project: "", targets: [], problems: [project] };
  const found = request.waves.flatMap((wave, i) =>
    wave.map((stack) => findTarget(project, request, stack, i + 1, existing)),
  );
  return {
    project: project.name,
    targets: found.filter((target) => typeof target !== "string"),
    problems: found.filter((target) => typeof target === "string"),
  };
}

function findTarget(
  project: Project,
  { server, canonical }: RotateRequest,
  stack: string,
  wave: number,
  existing: readonly string[],
): Target | string {
  if (!existing.some((name) => name === stack || name.endsWith(`/${stack}`) || stack.endsWith(`/${name}`))) {
    const near = nearest(stack, existing);
    const known = existing.length === 0 ? "this project has none" : `the stacks are ${existing.join(", ")}`;
    return `${stack}: there is no such stack; ${near === undefined ? known : `did you mean ${near}?`}`;
  }
  const file = stackFilePath(project, stack);
  const name = path.basename(file);
  if (!fs.existsSync(file)) return `${stack}: ${name} is not there; run make rotate where the stack's file is`;
  const content = readStackFile(project, file);
  if (typeof content === "string") return `${stack}: ${content}`;

  const entries = (key: string) => asMap(content.config[`${project.name}:${key}`]);
  const keys = Object.keys(entries("registries"));
  const key = keys.find((written) => canonicalOf(written) === canonical);
  const hasEnvironment = content.environments.length > 0;
  if (key === undefined || (hasEnvironment && entries("registryPasswords")[key] === undefined)) {
    if (hasEnvironment) {
      return `${stack}: ${name} has no password for ${server}, but names an environment of Pulumi ESC; change it there, then run pulumi up`;
    }
    const others = keys.length === 0 ? "none" : keys.sort().join(", ");
    return `${stack}: ${name} has no ${server} in ${project.name}:registries, which lists ${others}; add it, or leave ${stack} out of STACKS`;
  }
  const { username } = asMap(entries("registries")[key]);
  return { stack, wave, file, key, ...(asMap(username).secure !== undefined && { hasSecretUsername: true }) };
}

function canonicalOf(key: string): string | undefined {
  const parsed = parseServer(key);
  return isIssue(parsed) ? undefined : parsed.canonical;
}
