/** `user:password@` of an address, wherever it stands in a text. */
const userInfo = /[a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*:[^\s/?#]+@/i;

/** Whether a text has an address with a password in it. */
export const hasUserInfo = (value: unknown): boolean => typeof value === "string" && userInfo.test(value);
