import type { Challenge } from "./challenge";
import type { Answer } from "./http-client";

const maxLength = 200;

/** What a secret becomes on its way through a server that repeats what it was sent. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    // The outermost digits depend on what stands beside the secret.
    return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64];
  return forms.map(clean).filter((form) => form !== "");
}

const clean = (text: string): string => text.replace(/[\p{C}\s]+/gu, " ").trim();

/** Both ways round, since one capital can stand for several small letters: `Κ` for `κ` and `ϰ`. */
const ignoringCase = (text: string): string => text.toLowerCase().toUpperCase();

/** One line that is safe to show, or nothing: words that repeat a secret are left out as a whole. */
function safe(text: string, secrets: ReadonlySet<string>): string | undefined {
  const line = clean(text);
  const folded = ignoringCase(line);
  if (line === "" || [...secrets].flatMap(formsOf).some((form) => folded.includes(ignoringCase(form))))
    return undefined;
  const letters = [...line];
  return letters.length <= maxLength ? line : `${letters.slice(0, maxLength - 1).join("")}…`;
}

/** Host and port, for a verdict: a redirect can lead to any name. */
export const shownHost = ({ host }: URL, secrets: ReadonlySet<string>): string => safe(host, secrets) ?? "another host";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The JSON object that a text is. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): readonly string[] => (typeof value === "string" && value !== "" ? [value] : []);

/** The registry's errors: `{"errors":[{"code":"DENIED","message":"…"}]}` (OCI distribution specification). */
function errorsOf(body: string): readonly Readonly<Record<string, unknown>>[] {
  const errors = parseObject(body)?.errors;
  return Array.isArray(errors) ? errors.filter(isObject) : [];
}

/** The codes of the registry's errors: `NAME_UNKNOWN`, `DENIED`. */
export function errorCodes(body: string): readonly string[] {
  return errorsOf(body).flatMap(({ code }) => textOf(code));
}

export const isWebPage = ({ headers }: Answer): boolean => /^text\/html\b/i.test(String(headers["content-type"]));

function bodyWords(answer: Answer): string {
  const errors = errorsOf(answer.body).map(({ code, message, detail }) =>
    [...textOf(code), ...[...textOf(message), ...textOf(detail)].slice(0, 1)].join(": "),
  );
  if (errors.length > 0) return errors.slice(0, 3).join("; ");
  const value = parseObject(answer.body);
  // Docker Hub's token service says `details`; OAuth 2.0 services `error` and `error_description`.
  if (value !== undefined) {
    const { details, detail, message, error_description: description, error } = value;
    return [details, detail, message, description, error].flatMap(textOf)[0] ?? "";
  }
  return /^text\/plain\b/i.test(String(answer.headers["content-type"])) ? answer.body : "";
}

/** What a server says about its answer: the errors of its body, else of its challenge. Web pages say nothing. */
export function wordsOf(answer: Answer, challenges: readonly Challenge[]): { readonly said?: string } {
  const { secrets } = answer;
  const errors = challenges.flatMap(({ parameters }) =>
    ["error", "error_description"].flatMap((name) => textOf(parameters.get(name))).join(": "),
  );
  const said = safe(bodyWords(answer), secrets) ?? safe(errors.find((text) => text !== "") ?? "", secrets);
  return said === undefined ? {} : { said };
}
