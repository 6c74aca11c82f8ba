import * as fs from "node:fs";
import * as path from "node:path";
import { checkExpires } from "../../registry/credential-fields";
import { isIssue, issueText } from "../../registry/issue";
import { passwordExpiry } from "../../registry/password-expiry";
import { shownKey } from "../../registry/shown-key";
import { asMap, isMap, readProject, readStackFile, stackFilePath, stacksWithFile, type Project } from "../stack-file";
import type { ExpiryRequest } from "./request";

/** What the stacks' files say of their passwords' ends, one sentence each; no password is decrypted for it. */
export interface CheckedExpiry {
  /** How many ends were read. */
  readonly read: number;
  /** What ends within the days, or has ended, and what is wrong in a file. */
  readonly problems: readonly string[];
  /** What no file says. */
  readonly unseen: readonly string[];
}

/** @param folder of the project */
export function checkExpiry(folder: string, { stacks, days }: ExpiryRequest, now: Date): CheckedExpiry {
  const project = readProject(folder);
  if (isIssue(project)) return { read: 0, problems: [issueText(project)], unseen: [] };
  const named = stacks.length > 0 ? stacks : stacksWithFile(project);
  const checked = named.map((stack) => checkStack(project, stack, days, now));
  return {
    read: checked.reduce((sum, { read }) => sum + read, 0),
    problems: checked.flatMap(({ problems }) => problems),
    unseen: checked.flatMap(({ unseen }) => unseen),
  };
}

function checkStack(project: Project, stack: string, days: number, now: Date): CheckedExpiry {
  const problem = (text: string) => ({ read: 0, problems: [`${stack}: ${text}`], unseen: [] });
  const file = stackFilePath(project, stack);
  const name = path.basename(file);
  if (!fs.existsSync(file)) return problem(`${name} is not there; run it where the stack's file is`);
  const content = readStackFile(project, file);
  if (isIssue(content)) return problem(issueText(content));

  const setting = `${project.name}:registries`;
  const registries = content.config[setting] ?? project.defaults[setting];
  const unseen = content.environments.map((name) => `${stack}: what the environment ${name} says of registries`);
  if (isEncrypted(registries)) unseen.push(`${stack}: ${setting}, which is encrypted`);

  const problems: string[] = [];
  let read = 0;
  for (const [key, entry] of isEncrypted(registries) ? [] : Object.entries(asMap(registries))) {
    const place = `${stack}: ${setting}[${shownKey(key)}]`;
    const { expires } = asMap(entry);
    if (expires === undefined || expires === null || isEncrypted(expires)) {
      const what = isEncrypted(expires) ? "expires, which is encrypted" : "expires, which is not set";
      unseen.push(`${place}.${what}; what a token says itself, pulumi preview tells`);
      continue;
    }
    // YAML reads a day without quotes as a point in time.
    const mistake = checkExpires(expires instanceof Date ? expires.toISOString() : expires);
    const expiry = typeof expires === "string" && mistake === undefined ? passwordExpiry({ expires }, now) : undefined;
    if (mistake !== undefined) problems.push(`${place}.expires ${issueText(mistake)}`);
    if (expiry === undefined) continue;
    read++;
    if (expiry.days > days) continue;
    const ends = expiry.days < 0 ? "was to expire on" : "expires on";
    const left = expiry.days < 0 ? "" : expiry.days === 0 ? ", today" : `, in ${expiry.days} d`;
    const command = `make rotate SERVER=${shownKey(key)} STACKS=${stack}`;
    problems.push(
      `${stack}: the password for ${shownKey(key)} ${ends} ${expiry.day}${left}; set a new one with ${command}, and write down its day`,
    );
  }
  return { read, problems, unseen };
}

const isEncrypted = (value: unknown): boolean => isMap(value) && typeof value.secure === "string";
