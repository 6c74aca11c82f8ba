import { foreignText } from "../foreign-text";
import type { Challenge } from "./challenge";
import type { Answer } from "./exchange";
import { isJsonObject, type JsonObject, parseObject } from "./json-object";
import { type KnownSecrets, oneLine } from "./known-secrets";

const maxLength = 200;

/** One line that is safe to show, or nothing: words that repeat a secret are left out as a whole, before any are cut. */
function safeLine(text: string, secrets: KnownSecrets): string | undefined {
  const line = oneLine(text);
  if (line === "" || secrets.areIn(line)) return undefined;
  return foreignText(line, maxLength);
}

/** Host and port, for a verdict: a redirect can lead to any name. */
export const shownHost = ({ host }: URL, secrets: KnownSecrets): string => safeLine(host, secrets) ?? "another host";

const textOf = (value: unknown): readonly string[] => (typeof value === "string" && value !== "" ? [value] : []);

/** The registry's errors: `{"errors":[{"code":"DENIED","message":"…"}]}` (OCI distribution specification). */
function errorsOf(body: string): readonly JsonObject[] {
  const errors = parseObject(body)?.errors;
  return Array.isArray(errors) ? errors.filter(isJsonObject) : [];
}

/** The codes of the registry's errors: `NAME_UNKNOWN`, `DENIED`. */
export function errorCodes(body: string): readonly string[] {
  return errorsOf(body).flatMap(({ code }) => textOf(code));
}

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
  const said = safeLine(bodyWords(answer), secrets) ?? safeLine(errors.find((text) => text !== "") ?? "", secrets);
  return said === undefined ? {} : { said };
}
