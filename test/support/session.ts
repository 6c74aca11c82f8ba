import type { Context } from "mocha";
import { nodeKind } from "../../local/cluster";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { openSession, type Session } from "../../local/session";
import { red, say } from "../../commands/terminal";

let opened: Session | undefined;

/** What the tests of one process share. Made before the first of them, so that none pays for it. */
export function session(): Session {
  if (opened === undefined) throw new Error("start mocha with --require=test/support/session.ts");
  return opened;
}

export async function open(): Promise<void> {
  opened ??= await openSession();
  await ensureHelm(); // not part of `make local`, but of what the tests compare with
}

/** Skips tests that a simulated node cannot have, and says so. */
export function needsRealNode(context: Context, tests: string): void {
  if (nodeKind() === "real") return;
  say(red(`${tests.toUpperCase()} NEED A REAL NODE, AND THIS IS A SIMULATED ONE`));
  context.skip();
}

/** Hooks and not global fixtures, since those do not run in the processes of `--parallel`. */
export const mochaHooks = {
  async beforeAll(this: Context): Promise<void> {
    this.timeout("10m"); // a machine without the toolchain builds it
    await open();
  },
};
