import type { Login } from "./login";
import type { LoginStanding } from "./login-standing";

/** A question that a login goes along with. */
export interface Turn {
  /** Host and port, as an image names it. */
  readonly registry: string;
  readonly login: Login;
  /** Never rejects. */
  readonly ask: () => Promise<void>;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => readonly string[]): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

/**
 * Asks without bringing an account near its lock: Harbor freezes one for 1.5 s after one failure, for a right password too,
 * and answers when that is over; directories lock one after three to five. So the credentials of one account come one after
 * the other, and of each one image at a time until it is known whether it is good. Accounts are asked at the same time.
 */
export async function takeTurns(turns: readonly Turn[], standingOf: (turn: Turn) => LoginStanding): Promise<void> {
  const accounts = grouped(turns, ({ registry, login }) => [registry, login.username]);
  await Promise.all(
    accounts.map(async (account) => {
      for (const sameLogin of grouped(account, ({ login }) => [login.password.reveal()]))
        await takeTurn(sameLogin, standingOf);
    }),
  );
}

async function takeTurn(turns: readonly Turn[], standingOf: (turn: Turn) => LoginStanding): Promise<void> {
  const asked: Promise<void>[] = [];
  for (const turn of turns) {
    const standing = standingOf(turn);
    const answered = turn.ask();
    asked.push(answered);
    if (!standing.isSettled) await Promise.race([answered, standing.settled]);
  }
  await Promise.all(asked);
}
