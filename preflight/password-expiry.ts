import { setPasswordCommand } from "../registry/credentials";
import type { Issue } from "../registry/issue";

/** Days before the end of a password's life in which a preview says so. */
const expiryNotice = 14;

/** A warning for each password that ends soon, or that should have ended: then the registry's own answer decides. */
export function expiryWarnings(
  registries: readonly { readonly key: string; readonly account: string; readonly expires?: string }[],
  today: Date,
): readonly Issue[] {
  return registries.flatMap(({ key, account, expires }): Issue[] => {
    if (expires === undefined) return [];
    const days = Math.ceil((Date.parse(expires) - today.getTime()) / 86_400_000); // both are UTC
    if (days > expiryNotice) return [];
    const fix = `set a new one with ${setPasswordCommand(key)}`;
    if (days < 0) {
      const sentence = `The password of ${account} for ${key} was to expire on ${expires}: whether it still works, the registry decides`;
      return [{ code: "password-expired", sentence, fix }];
    }
    const when = days === 0 ? "today" : days === 1 ? "in 1 day" : `in ${days} days`;
    const sentence = `The password of ${account} for ${key} expires on ${expires}, ${when}`;
    return [{ code: "password-expires", sentence, fix }];
  });
}
