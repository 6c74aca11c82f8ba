import { openSession, type LocalSession } from "../../local/session";

let opened: LocalSession | undefined;

/** What the whole run shares. Made before the first test, so that no test pays for it. */
export function session(): LocalSession {
  if (opened === undefined) throw new Error("start mocha with --require=test/support/session.ts");
  return opened;
}

export async function mochaGlobalSetup(): Promise<void> {
  opened = await openSession();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await opened?.close();
}
