/** The scheme of an address, and what stands before its host: `user:password@`, or a token alone. */
const address = /([a-z][a-z0-9+.-]*:\/\/)([^\s/?#]+)@/gi;

/** Whether a text has an address with a password in it, wherever it stands. */
export const hasPassword = (text: string): boolean =>
  [...text.matchAll(address)].some(([, , info = ""]) => info.includes(":"));

/** Whether a text has an address with user info of any kind: of some registries and proxies a token is the username. */
export const hasUserInfo = (text: string): boolean => text.search(address) >= 0;

/** A text whose addresses have `***` for their user info. */
export const withoutUserInfo = (text: string): string => text.replace(address, "$1***@");
