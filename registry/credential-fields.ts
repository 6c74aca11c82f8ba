import type { Issue } from "./issue";

const controlCharacter = /[\p{Cc}\u2028\u2029]/u;
/** Where a page or a chat lets a line break: copied along, and meant by nobody. */
const invisibleCharacter = /[\u00ad\u200b\u2060\ufeff]/;
const lineBreak = /[\r\n\u0085\u2028\u2029]/;

/** What a value that should be text is instead, as a clause. */
function notText(value: unknown): string | undefined {
  if (typeof value === "string") return undefined;
  if (value === undefined) return "is missing";
  if (value === null) return "is empty";
  if (Array.isArray(value)) return "is a list, not text";
  if (typeof value === "object") return "is a map, not text";
  return typeof value === "boolean" ? "is true or false, not text" : "is a number, not text";
}

function badText(text: string): string | undefined {
  if (text === "") return "is empty";
  if (text.trim() === "") return "is only white space";
  if (/\p{Cs}/u.test(text)) return "is not valid Unicode";
  if (controlCharacter.test(text)) return "contains a control character";
  if (text.trim() !== text) return "begins or ends with white space";
  return invisibleCharacter.test(text) ? "contains an invisible character" : undefined;
}

/** The account's name: text without `:`, which would end it (RFC 7617, section 2). */
export function checkUsername(value: unknown): Issue | undefined {
  if (typeof value === "number" || typeof value === "boolean") {
    return { code: "malformed", sentence: notText(value) ?? "", fix: 'put it in quotes: username: "007"' };
  }
  if (typeof value !== "string")
    return { code: "malformed", sentence: notText(value) ?? "", fix: "write the name of the account that may pull" };
  const problem = badText(value);
  if (problem !== undefined)
    return { code: "malformed", sentence: problem, fix: "write the name of the account that may pull" };
  if (!value.includes(":")) return undefined;
  return {
    code: "malformed",
    sentence: 'contains ":"',
    fix: "leave it out: the registry would take what follows for the password",
  };
}

/** What to do, and how where a command does it. */
export const by = (order: string, command: string | undefined): string =>
  command === undefined ? order : `${order}: ${command}`;

/**
 * A password or token: text of one line without control characters.
 *
 * @param command the command that sets this password, where one does
 */
export function checkPassword(value: unknown, command?: string): Issue | undefined {
  const set = by("set it", command);
  if (value === undefined || value === null || value === "") {
    return { code: "missing", sentence: value === undefined ? "is missing" : "is empty", fix: set };
  }
  if (typeof value !== "string")
    return { code: "malformed", sentence: notText(value) ?? "", fix: by("set it again as a secret", command) };
  const again = by("set it again without", command && `printf %s "$PASSWORD" | ${command}`);
  if (value.trim() === "") return { code: "missing", sentence: "is only white space", fix: set };
  const beforeEnd = value.replace(/[\r\n\u0085\u2028\u2029]+$/, "");
  const oneLine = command === undefined ? "" : ` (a JSON key file: jq -c . key.json | ${command})`;
  if (lineBreak.test(beforeEnd)) {
    return beforeEnd === value
      ? { code: "malformed", sentence: "contains a line break", fix: `set it on one line${oneLine}` }
      : {
          code: "malformed",
          sentence: "contains a line break and ends with one",
          fix: `set it on one line, with none at its end${oneLine}`,
        };
  }
  if (beforeEnd !== value) return { code: "malformed", sentence: "ends with a line break", fix: again };
  const problem = badText(value);
  return problem === undefined ? undefined : { code: "malformed", sentence: problem, fix: again };
}

/** A light check: the address is only written into the Secret. */
export function checkEmail(value: unknown): Issue | undefined {
  const fix = "write it as name@example.com, or leave it out";
  if (typeof value !== "string") return { code: "malformed", sentence: notText(value) ?? "", fix };
  const problem = badText(value) ?? (/^[^@\s]+@[^@\s]+$/.test(value) ? undefined : "is not an e-mail address");
  return problem === undefined ? undefined : { code: "malformed", sentence: problem, fix };
}

/** A day, `YYYY-MM-DD`. YAML reads a date without quotes as a point in time, which Pulumi hands on as other text. */
export function checkExpires(value: unknown): Issue | undefined {
  const day = typeof value === "string" ? /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] : undefined;
  if (typeof value === "string" && day !== undefined && /^[T ]\d{2}:\d{2}:\d{2}/.test(value.slice(10))) {
    return { code: "malformed", sentence: "is a date without quotes", fix: `put it in quotes: expires: "${day}"` };
  }
  const fix = 'write a day in quotes: expires: "2027-03-01"';
  if (typeof value !== "string") return { code: "malformed", sentence: notText(value) ?? "", fix };
  if (value.trim() === "") return { code: "missing", sentence: "is empty", fix: `${fix}, or leave it out` };
  const time = Date.parse(`${value}T00:00:00Z`);
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  return isDay ? undefined : { code: "malformed", sentence: "is not a day", fix };
}
