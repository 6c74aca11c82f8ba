import * as fs from "node:fs";
import * as path from "node:path";
import { nearest } from "../../registry/nearest";
import { isIssue, type Issue, type IssueCode } from "../../registry/issue";
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
  /** Its username; those that are encrypted count as one, since nobody can tell them apart here. */
  readonly account: string;
  /** Its username is encrypted there, and so may be the password as well, as DigitalOcean has it. */
  readonly hasSecretUsername?: true;
}

export interface Targets {
  /** The project's name. */
  readonly project: string;
  readonly targets: readonly Target[];
  readonly problems: readonly Issue[];
}

/**
 * Finds the registry in each stack's file.
 *
 * @param folder of the project
 * @param existing the names of the project's stacks, as `pulumi stack ls` has them
 */
export function findTargets(folder: string, request: RotateRequest, existing: readonly string[]): Targets {
  const project = readProject(folder);
  if (isIssue(project)) return { project: "", targets: [], problems: [project] };
  const found = request.waves.flatMap((wave, i) =>
    wave.map((stack) => findTarget(project, request, stack, i + 1, existing)),
  );
  return {
    project: project.name,
    targets: found.flatMap((target) => (isIssue(target) ? [] : [target])),
    problems: found.flatMap((target) => (isIssue(target) ? [target] : [])),
  };
}

function findTarget(
  project: Project,
  { server, canonical }: RotateRequest,
  stack: string,
  wave: number,
  existing: readonly string[],
): Target | Issue {
  const issue = (code: IssueCode, sentence: string, fix: string): Issue => ({
    code,
    sentence: `${stack}: ${sentence}`,
    fix,
  });
  const [ofProject] = stack.split("/").slice(-2, -1);
  if (stack.split("/").length === 3 && ofProject !== project.name) {
    const fix = "run make rotate in that project's folder";
    return issue("no-such-stack", `it is of the project ${ofProject}, and this one is ${project.name}`, fix);
  }
  if (!existing.some((name) => name === stack || name.endsWith(`/${stack}`) || stack.endsWith(`/${name}`))) {
    const near = nearest(stack, existing);
    const known = existing.length === 0 ? "this project has none" : `the stacks are ${existing.join(", ")}`;
    return issue("no-such-stack", "there is no such stack", near === undefined ? known : `did you mean ${near}?`);
  }
  const file = stackFilePath(project, stack);
  const name = path.basename(file);
  if (!fs.existsSync(file)) {
    return issue("no-such-file", `${name} is not there`, "run make rotate where the stack's file is");
  }
  const content = readStackFile(project, file);
  if (isIssue(content)) return { ...content, place: `${stack}: ${content.place ?? name}` };

  const entries = (key: string) => asMap(content.config[`${project.name}:${key}`]);
  const keys = Object.keys(entries("registries"));
  const key = keys.find((written) => canonicalOf(written) === canonical);
  const hasEnvironment = content.environments.length > 0;
  if (key === undefined || (hasEnvironment && entries("registryPasswords")[key] === undefined)) {
    if (hasEnvironment) {
      const sentence = `${name} has no password for ${server}, but names an environment of Pulumi ESC`;
      return issue("stored-elsewhere", sentence, "change it there, then run pulumi up");
    }
    const others = keys.length === 0 ? "none" : keys.sort().join(", ");
    const sentence = `${name} has no ${server} in ${project.name}:registries, which lists ${others}`;
    return issue("missing", sentence, `add it, or leave ${stack} out of STACKS`);
  }
  const { username } = asMap(entries("registries")[key]);
  const isSecret = asMap(username).secure !== undefined;
  const account = isSecret ? "" : String(username);
  return { stack, wave, file, key, account, ...(isSecret && { hasSecretUsername: true }) };
}

function canonicalOf(key: string): string | undefined {
  const parsed = parseServer(key);
  return isIssue(parsed) ? undefined : parsed.canonical;
}
