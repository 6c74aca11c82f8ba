import { setPasswordCommand } from "../registry/credentials";

/** Days before the end of a password's life in which a preview says so. */
const expiryNotice = 14;

/** A warning for each password that ends soon, or that should have ended: then the registry's own answer decides. */
export function expiryWarnings(
  registries: readonly { readonly key: string; readonly username: string; readonly expires?: string }[],
  today: Date,
): string[] {
  return registries.flatMap(({ key, username, expires }) => {
    if (expires === undefined) return [];
    const days = Math.ceil((Date.parse(expires) - today.getTime()) / 86_400_000); // both are UTC
    if (days > expiryNotice) return [];
    const fix = `set a new one with ${setPasswordCommand(key)}`;
    if (days < 0) {
      const late = `was to expire on ${expires}: whether it still works, the registry decides`;
      return [`The password of ${username} for ${key} ${late}; ${fix}`];
    }
    const when = days === 0 ? "today" : days === 1 ? "in 1 day" : `in ${days} days`;
    return [`The password of ${username} for ${key} expires on ${expires}, ${when}; ${fix}`];
  });
}
