import type { Context } from "mocha";
import { nodeKind } from "../../local/cluster";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { ensureYamlHost } from "../../local/toolchain/pulumi-cli";
import { openSession, type Session } from "../../local/session";
import { red, say } from "../../commands/terminal";

let opened: Session | undefined;

/** What the tests of one process share. Made before the first of them, so that none pays for it. */
export function session(): Session {
  if (opened === undefined) throw new Error("start mocha with --require=test/support/session.ts");
  return opened;
}

export async function open(): Promise<undefined> {
  opened ??= await openSession();
  // No part of `make local`: what the tests compare with, and what runs a program of theirs.
  await ensureHelm();
  await ensureYamlHost(opened.tools.pulumi);
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
