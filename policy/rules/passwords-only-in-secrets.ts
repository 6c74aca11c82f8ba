import { writtenForms } from "../../registry/secret-forms";
import { shownKey } from "../../registry/shown-key";
import type { Finding } from "../finding";
import { isMap, Unknown, walk, type Plain } from "../plain";
import { credentialsIn, inPullSecretList, isPullSecret } from "../pull-secret";
import { releaseType, secretType, shown, type Resource } from "../resource";

/** Shorter passwords occur in other words by chance. */
export const defaultShortest = 8;

interface Password {
  readonly text: string;
  /** Whose it is, for a message. */
  readonly owner: string;
}

/**
 * No password of a pull Secret stands anywhere but in the data of a Secret: a release and a component keep their inputs
 * in the state, and a release in the cluster too.
 *
 * @param resources where to look
 * @param secrets pull Secrets and others
 * @param shortest a password of fewer characters is compared with whole values only
 */
export function passwordsOutside(
  resources: readonly Resource[],
  secrets: readonly Resource[],
  shortest = defaultShortest,
): readonly Finding[] {
  const passwords = secrets.filter(isPullSecret).flatMap(passwordsIn);
  if (passwords.length === 0) return [];
  return resources.flatMap((resource) => passwords.flatMap((password) => finding(resource, password, shortest)));
}

/** What of `passwordsOutside` has to wait for `pulumi up`. */
export function unknownPlaces(registered: readonly Resource[]): readonly Finding[] {
  const secrets = registered.filter(isPullSecret);
  const findings: Finding[] = [];
  for (const secret of secrets) {
    const credentials = credentialsIn(secret);
    if (credentials instanceof Unknown) {
      findings.push({ urn: secret.urn, message: `data of ${shown(secret)}`, unknown: credentials });
    }
  }
  if (secrets.length === 0) return findings;
  for (const resource of registered) {
    // Other resources' inputs have unknown parts in every first preview, such as the uid of an owner.
    if (resource.type !== releaseType && !resource.type.startsWith("fleet:")) continue;
    walk(searchedIn(resource), "", (unknown, path) => {
      // Names of pull Secrets are the business of another rule.
      if (!(unknown instanceof Unknown) || inPullSecretList.test(path)) return;
      findings.push({ urn: resource.urn, message: `${path} of ${shown(resource)}`, unknown });
    });
  }
  return findings;
}

function passwordsIn(secret: Resource): readonly Password[] {
  const credentials = credentialsIn(secret);
  if (credentials instanceof Unknown) return [];
  return credentials
    .map(({ password, server }) => ({ text: password.reveal(), server }))
    .filter(({ text }) => text !== "")
    .map(({ text, server }) => ({
      text,
      owner: `${hide(shownKey(server), writtenForms(text).values())} of ${shown(secret)}`,
    }));
}

/**
 * A Secret's data is where a password belongs; a provider's settings are encrypted by the engine, and Helm's login at the registry of a
 * chart is in no release of the cluster, and is encrypted by programs that know what it is.
 */
function searchedIn({ type, properties }: Resource) {
  if (type.startsWith("pulumi:providers:")) return {};
  if (type === releaseType) {
    return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== "repositoryOpts"));
  }
  if (type !== secretType) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== "data" && key !== "stringData"));
}

type Forms = readonly (readonly [name: string, form: string])[];

/** Many passwords are the same in several forms, such as plain and URL-encoded. */
const simplestFirst = (password: string): Forms =>
  [...writtenForms(password)].sort(([a], [b]) => a.split(", then ").length - b.split(", then ").length);

/** The form in which a text holds a password. */
function formIn(text: string, password: string, shortest: number, forms: Forms): string | undefined {
  if (password.length >= shortest) return forms.find(([, form]) => text.includes(form))?.[0];
  if (text === password) return "plain";
  return text.replace(/=+$/, "") === Buffer.from(password).toString("base64").replace(/=+$/, "") ? "base64" : undefined;
}

/**
 * The texts that a value may have been written as. YAML makes a number of digits without quotes, without the zeros in front and
 * without the digits that a number has no room for; of a short one, only the same digits are the same.
 */
function textsOf(value: Plain, password: string): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "number") return typeof value === "boolean" ? [String(value)] : [];
  const isSame = Number(password) === value && String(value).length >= defaultShortest;
  return isSame ? [password] : [String(value)];
}

function finding(resource: Resource, { text, owner }: Password, shortest: number): readonly Finding[] {
  const forms = simplestFirst(text);
  const places: string[] = [];
  walk(searchedIn(resource), "", (value, path) => {
    const texts = isMap(value) ? Object.keys(value) : textsOf(value, text);
    for (const form of new Set(texts.map((written) => formIn(written, text, shortest, forms)))) {
      if (form === undefined) continue;
      // A key that holds the password is part of the path of what is below it.
      const place = hide(path, writtenForms(text).values());
      places.push(`${place === "" ? "its inputs" : place} (${form.replaceAll(/ at offset \d/g, "")})`);
    }
  });
  if (places.length === 0) return [];
  const message = `${shown(resource)} holds the password for ${owner} in ${[...new Set(places)].join(", ")}; take it out, and name a Secret there instead`;
  return [{ urn: resource.urn, message }];
}

function hide(text: string, forms: Iterable<string>): string {
  return [...forms].reduce((shown, form) => shown.replaceAll(form, "***"), text);
}
