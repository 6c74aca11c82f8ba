import * as fs from "node:fs";
import * as path from "node:path";
import { checkout, stateDir } from "./support/paths";
import { UserError } from "../components/user-error";

/**
 * Refuses a state folder in which another user has made something: it could be neither used nor removed. Root may do both.
 *
 * @param uid whose it has to be; `undefined` where there are no users
 * @throws UserError that names the file and the user
 */
export function requireOwnState(folder = stateDir, uid = process.getuid?.()): void {
  if (uid === undefined || uid === 0) return;
  for (const file of [folder, ...namesIn(folder, uid).map((name) => path.join(folder, name))]) {
    const owner: number = fs.lstatSync(file, { throwIfNoEntry: false })?.uid ?? uid;
    if (owner === uid) continue;
    const who = owner === 0 ? "root" : `the user with the id ${owner}`;
    throw new UserError(`${path.relative(checkout, file)} belongs to ${who}; run make local-down as that user first.`);
  }
}

/** None of another user's folder, which may not even be read. */
function namesIn(folder: string, uid: number): string[] {
  return fs.statSync(folder, { throwIfNoEntry: false })?.uid === uid ? fs.readdirSync(folder) : [];
}
