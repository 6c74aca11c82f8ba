import type { Issue } from "../registry/issue";
import { checkAutonaming } from "./autonaming";
import { checkDatabaseTls } from "./database-tls";
import type { FleetArgs, SecretKey } from "./fleet-args";
import { checkValues } from "./fleet-values";
import { checkLostValues } from "./lost-values";
import { checkPlain } from "./plain-arguments";
import { isObject } from "./plain-values";
import { checkPodSecurity } from "./pod-security-level";
import { checkNodes } from "./pull-check-nodes";
import { checkPullSecrets } from "./pull-credentials";

/** What is made of an argument's own fields; in `registries` and `values` null says something. */
const groups: readonly string[] = ["database", "cache", "tls", "vulnProcessing"];

const withoutNull = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, withoutNull(one)]])),
      )
    : value;

/** Null is how JavaScript and JSON write what is not given; as a value it would be a cache without an address. */
export function withoutNulls(args: FleetArgs): FleetArgs {
  const given = Object.entries(args).flatMap(([name, value]: [string, unknown]) =>
    value === null ? [] : [[name, groups.includes(name) ? withoutNull(value) : value] as const],
  );
  return Object.fromEntries(given) as unknown as FleetArgs;
}

/** All that can be told of the arguments of `Fleet` by themselves, before anything is made. */
export function checkFleetArgs(args: FleetArgs): readonly Issue[] {
  const later = checkPlain(args);
  // The other checks look into what has to be there.
  if (later.length > 0) return later;
  return [
    ...checkAutonaming(),
    ...checkPullSecrets(args),
    ...checkTogether(args),
    ...checkValues(args.values ?? {}),
    ...checkDatabaseTls(args),
    ...checkLostValues(args),
    ...checkPodSecurity(args),
    ...checkNodes(args),
  ];
}

/** Which of the arguments go together. */
function checkTogether(args: FleetArgs): readonly Issue[] {
  const { database, cache, tls } = args;
  const issues = [
    ...onlyOne("database.password", database?.password, database?.passwordSecret),
    ...onlyOne("cache.password", cache?.password, cache?.passwordSecret),
    ...onlyOne("privateKey", args.privateKey, args.privateKeySecret),
    ...onlyOne("licenseKey", args.licenseKey, args.licenseSecret, "licenseSecret"),
  ];
  // The types say it to TypeScript alone, and no language has a type for an empty text.
  if (((args.imageTag as unknown) ?? "") === "") {
    const fix = "name a tag that your registry has, for example v4.85.0";
    issues.push({ place: "imageTag", code: "missing", sentence: "is not set", fix });
  }
  if (database !== undefined && database.password === undefined && database.passwordSecret === undefined) {
    const fix = "set it, or name the Secret that holds it in database.passwordSecret";
    issues.push({ place: "database.password", code: "missing", sentence: "is not set", fix });
  }
  if (tls !== undefined && (tls.certificate === undefined) !== (tls.privateKey === undefined)) {
    const fix = "set both certificate and privateKey";
    issues.push({ place: "tls", code: "conflict", sentence: "has only one half of a key pair", fix });
  }
  if (tls !== undefined && (tls.certificate === undefined) === (tls.secretName === undefined)) {
    const sentence = "needs either certificate and privateKey, or secretName";
    issues.push({ place: "tls", code: "conflict", sentence, fix: "keep one of the two forms" });
  }
  if (args.adopt === true && args.namespace !== undefined && typeof args.namespace !== "string") {
    const sentence = "is an output, but adopt is true, and what is taken over has to be known beforehand";
    issues.push({ place: "namespace", code: "conflict", sentence, fix: "write its name" });
  }
  return issues;
}

function onlyOne(place: string, value: unknown, secret?: SecretKey, secretPlace = `${place}Secret`): Issue[] {
  if (value === undefined || secret === undefined) return [];
  const sentence = `and ${secretPlace} are both set`;
  return [{ place, code: "conflict", sentence, fix: "keep only one of the two" }];
}
