import { argumentOf, writtenKey } from "../config/keys";
import type { Issue } from "../registry/issue";

/** What a stack is told in words of its own, and what that is for arguments. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/set kubernetes:context to the cluster\b/g, "give the provider of the cluster"],
  [/run `pulumi config set (\w+) (\S+)`/g, "set $1 to $2"],
  [/with `pulumi config set (\w+) (\S+)`/g, "with $1 set to $2"],
  [/\btlsSecretName\b/g, "tls.secretName"],
];

/** What a stack of this project is told, as it is told to a program that gives arguments: those of `Fleet`, and of `checkFleet`. */
export function inArguments(issues: readonly Issue[]): readonly Issue[] {
  return issues.map(({ code, place, sentence, fix }) => ({
    code,
    ...(place !== undefined && { place: text(place).replace(/^\w+/, nameOf) }),
    sentence: text(sentence),
    ...(fix !== undefined && { fix: text(fix) }),
  }));
}

const nameOf = (key: string): string => (key === "registryCaCertificate" ? "caCertificate" : argumentOf(key));

const text = (given: string): string =>
  phrases.reduce(
    (told, [phrase, other]) => told.replace(phrase, other),
    given.replace(writtenKey, (_, key: string) => nameOf(key)),
  );
