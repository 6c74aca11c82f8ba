import type { Issue } from "../registry/issue";
import { passwordExpiry } from "../registry/password-expiry";
import type { SecretText } from "../registry/secret-text";

/** Days before the end of a password's life in which a preview says so. */
const expiryNotice = 14;

/** A password, and when it ends as far as is known: the day that a person wrote down, or the one that a token says itself. */
export interface ExpiringPassword {
  readonly key: string;
  /** What a person is told of the username. */
  readonly account: string;
  /** What gives it a new one, as an order. */
  readonly renewal: string;
  /** `YYYY-MM-DD`. */
  readonly expires?: string;
  readonly password?: SecretText;
}

/** A warning for each password that ends soon, or that should have ended: then the registry's own answer decides. */
export function expiryWarnings(registries: readonly ExpiringPassword[], now: Date): readonly Issue[] {
  return registries.flatMap(({ key, account, renewal, ...known }): Issue[] => {
    const expiry = passwordExpiry(known, now);
    if (expiry === undefined || expiry.days > expiryNotice) return [];
    const { day, days } = expiry;
    if (days < 0) {
      const sentence = `The password of ${account} for ${key} was to expire on ${day}: whether it still works, the registry decides`;
      return [{ code: "password-expired", sentence, fix: renewal }];
    }
    const when = days === 0 ? "today" : days === 1 ? "in 1 day" : `in ${days} days`;
    return [
      {
        code: "password-expires",
        sentence: `The password of ${account} for ${key} expires on ${day}, ${when}`,
        fix: renewal,
      },
    ];
  });
}
