import type { FleetArgs } from "./fleet-args";
import { asList, asObject, type Values } from "./plain-values";
import type { Issue } from "../registry/issue";

type Args = Pick<FleetArgs, "tls" | "database" | "values">;

/**
 * The chart values that Fleet's chart (7.0.2) leaves out or spoils without a word: a volume that is not there, an annotation on which a
 * cloud's rights depend, a number that is no longer one. `nameOf` gives the name under which the user knows an argument of `Fleet`.
 */
export function checkLostValues(
  args: Args,
  nameOf: (argument: string) => string = (argument) => `"${argument}"`,
): readonly Issue[] {
  const { values = {} } = args;
  const issues: Issue[] = [];
  // Helm takes null for "not there".
  const annotations = Object.values(asObject(values.serviceAccountAnnotations)).filter((one) => one !== null);
  if (annotations.length > 1) {
    issues.push({
      place: "values.serviceAccountAnnotations",
      code: "conflict",
      sentence: "has more than one annotation, of which Fleet's chart gives its ServiceAccount only one",
      fix: "keep one, and add the others after the first deploy: kubectl annotate serviceaccount fleet NAME=VALUE",
    });
  }
  for (const [name, value] of Object.entries(asObject(values.environments))) {
    if (!isWrittenWithExponent(value)) continue;
    issues.push({
      place: `values.environments.${name}`,
      code: "malformed",
      sentence: "is a number that Helm writes as 1e+06 or the like, which Fleet does not read",
      fix: "put it in quotes",
    });
  }
  const fleet = asObject(values.fleet);
  const lost = ["extraVolumes", "extraVolumeMounts"].find((key) => asList(fleet[key]).length > 0);
  if (lost !== undefined && !mountsOthers(args, values)) {
    issues.push({
      place: `values.fleet.${lost}`,
      code: "conflict",
      sentence: "is left out by Fleet's chart where it mounts nothing else: no certificate, no CAs, no logs",
      fix: `leave one of statusPlugin and resultPlugin in values.osquery.logging at filesystem, or set ${nameOf("tls")}`,
    });
  }
  return issues;
}

/** Helm has numbers of values as floating point (helm/helm 1707), and templates print those of six digits at most as they are. */
const isWrittenWithExponent = (value: unknown): boolean =>
  typeof value === "number" && value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4);

/** Whether the chart's Deployment has volumes at all: a user's own do not count. What is not known yet is taken for one. */
function mountsOthers({ tls, database }: Args, values: Values): boolean {
  const { enabled, configMaps, secrets } = asObject(asObject(values.fleet).additionalCAs);
  const { statusPlugin, resultPlugin } = asObject(asObject(values.osquery).logging);
  return (
    tls !== undefined ||
    database?.tls !== undefined ||
    Boolean(asObject(asObject(values.database).tls).enabled) ||
    (Boolean(enabled) && [configMaps, secrets].some((list) => asList(list).length > 0)) ||
    [statusPlugin, resultPlugin].some((plugin) => typeof plugin !== "string" || plugin === "filesystem")
  );
}
