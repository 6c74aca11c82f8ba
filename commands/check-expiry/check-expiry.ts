import * as fs from "node:fs";
import * as path from "node:path";
import { checkExpires } from "../../registry/credential-fields";
import { isIssue, type Issue } from "../../registry/issue";
import { passwordExpiry } from "../../registry/password-expiry";
import { shownKey } from "../../registry/shown-key";
import {
  asMap,
  isSecure,
  readProject,
  readStackFile,
  stackFilePath,
  stacksWithFile,
  type Project,
} from "../stack-file";
import type { ExpiryRequest } from "./request";

/** What the stacks' files say of their passwords' ends; no password is decrypted for it. */
export interface CheckedExpiry {
  /** How many ends were read. */
  readonly read: number;
  /** What ends within the days, or has ended, and what is wrong in a file. */
  readonly problems: readonly Issue[];
  /** What no file says. */
  readonly unseen: readonly string[];
}

/** @param folder of the project */
export function checkExpiry(folder: string, { stacks, days }: ExpiryRequest, now: Date): CheckedExpiry {
  const project = readProject(folder);
  if (isIssue(project)) return { read: 0, problems: [project], unseen: [] };
  const named = stacks.length > 0 ? stacks : stacksWithFile(project);
  const checked = named.map((stack) => checkStack(project, stack, days, now));
  return {
    read: checked.reduce((sum, { read }) => sum + read, 0),
    problems: checked.flatMap(({ problems }) => problems),
    unseen: checked.flatMap(({ unseen }) => unseen),
  };
}

function checkStack(project: Project, stack: string, days: number, now: Date): CheckedExpiry {
  const problem = (issue: Issue) => ({ read: 0, problems: [issue], unseen: [] });
  const file = stackFilePath(project, stack);
  const name = path.basename(file);
  if (!fs.existsSync(file)) {
    const fix = "run it where the stack's file is";
    return problem({ code: "no-such-file", place: `${stack}: ${name}`, sentence: "is not there", fix });
  }
  const content = readStackFile(project, file);
  if (isIssue(content)) return problem({ ...content, place: `${stack}: ${content.place ?? name}` });

  const setting = `${project.name}:registries`;
  const registries = content.config[setting] ?? project.defaults[setting];
  const unseen = content.environments.map((name) => `${stack}: what the environment ${name} says of registries`);
  if (isSecure(registries)) unseen.push(`${stack}: ${setting}, which is encrypted`);

  const problems: Issue[] = [];
  let read = 0;
  for (const [key, entry] of isSecure(registries) ? [] : Object.entries(asMap(registries))) {
    const place = `${stack}: ${setting}[${shownKey(key)}]`;
    const { expires } = asMap(entry);
    if (expires === undefined || expires === null || isSecure(expires)) {
      const what = isSecure(expires) ? "expires, which is encrypted" : "expires, which is not set";
      unseen.push(`${place}.${what}; what a token says itself, pulumi preview tells`);
      continue;
    }
    // YAML reads a day without quotes as a point in time.
    const mistake = checkExpires(expires instanceof Date ? expires.toISOString() : expires);
    const expiry = typeof expires === "string" && mistake === undefined ? passwordExpiry({ expires }, now) : undefined;
    if (mistake !== undefined) problems.push({ ...mistake, place: `${place}.expires` });
    if (expiry === undefined) continue;
    read++;
    if (expiry.days > days) continue;
    const isOver = expiry.days < 0;
    const ends = isOver ? "was to expire on" : "expires on";
    const left = isOver ? "" : expiry.days === 0 ? ", today" : `, in ${expiry.days} d`;
    problems.push({
      code: isOver ? "password-expired" : "password-expires",
      sentence: `${stack}: the password for ${shownKey(key)} ${ends} ${expiry.day}${left}`,
      fix: `set a new one with make rotate SERVER=${shownKey(key)} STACKS=${stack}, and write down its day`,
    });
  }
  return { read, problems, unseen };
}
