import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import * as semver from "semver";
import { fleetChart, type ChartSource } from "../components/chart";
import { defaultNamespace, releaseId, releaseName } from "../components/release";
import type { Tls } from "../components/fleet-args";
import { awaitKnown } from "./await-known";
import type { Issue } from "../registry/issue";

/**
 * The first chart whose Deployment selects its pods by one more label (fleetdm/fleet pull request 29829). Kubernetes lets
 * nobody change the selector of a Deployment.
 */
const newSelectorVersion = "6.6.6";

export interface AdoptionArgs {
  /** Nothing is read, and nothing found, unless `true`. @default false */
  readonly adopt?: boolean;
  /** @default "fleet" */
  readonly namespace?: string;
  /** `false`: the namespace is used as it is, and not adopted. @default true */
  readonly createNamespace?: boolean;
  /** The chart that the stack goes on with. @default version 7.0.2 from Fleet's repository */
  readonly chart?: ChartSource;
  /** The certificate that Fleet goes on with. @default none: Fleet serves plain HTTP */
  readonly tls?: Tls;
}

/** What stands in the way of an adoption, and what it takes away from a Fleet that runs. */
interface Adoption {
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
}

/** What is read of a release that Helm installed; nothing of it goes into a resource's inputs. */
interface Installed {
  readonly chart: string;
  readonly version: string;
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>> | null | undefined>>;
}

/**
 * Reads the namespace and the Helm release that a stack takes over, and says why it could not: issues have the place
 * `adopt`. Without either, the engine ends the program with the provider's error; the logical names
 * of the two say the rest.
 *
 * Await it before the components are made: then nothing is changed.
 */
export async function checkAdoption(args: AdoptionArgs, opts?: pulumi.CustomResourceOptions): Promise<Adoption> {
  if (args.adopt !== true) return { issues: [], warnings: [] };
  const namespace = args.namespace ?? defaultNamespace;
  const otherwise = "if there is none, run `pulumi config set adopt false`";
  if (args.createNamespace !== false) {
    await awaitKnown(
      Namespace.get(`fleet:adopt takes over the namespace ${namespace}; ${otherwise}`, namespace, opts).id,
    );
  }
  const release = Release.get(
    `fleet:adopt takes over the Helm release ${releaseName} in the namespace ${namespace}; ${otherwise} and \`pulumi config set createNamespace false\``,
    releaseId(namespace),
    // Whoever installed it may have passwords in its values.
    { ...opts, additionalSecretOutputs: ["values"] },
  );
  const [status, values] = await awaitKnown(pulumi.all([release.status, release.values]));
  const installed = {
    chart: status.chart ?? "",
    version: semver.valid(status.version ?? "") ?? "",
    values: values as Installed["values"],
  };
  const issues = obstacles(installed, namespace, args.chart ?? fleetChart);
  return { issues, warnings: issues.length === 0 && losesTls(installed, args) ? [lostTls(namespace)] : [] };
}

/** The chart serves TLS unless it is told not to, and `helm get values` does not show what nobody said. */
function losesTls({ values }: Installed, { tls }: AdoptionArgs): boolean {
  const installed = values.fleet?.tls as { readonly enabled?: unknown } | null | undefined;
  return tls === undefined && installed?.enabled !== false;
}

const lostTls = (namespace: string): Issue => ({
  code: "tls-lost",
  sentence: `the release ${releaseId(namespace)} has TLS in Fleet itself, as is the chart's default, and goes on without`,
  fix: "to keep it, set tlsSecretName to the Secret of the certificate (keys server.cert and server.key)",
});

function obstacles({ chart, version, values }: Installed, namespace: string, target: ChartSource): Issue[] {
  const refused = (sentence: string, fix: string): Issue => ({ code: "not-adoptable", place: "adopt", sentence, fix });
  const found = `found the release ${releaseId(namespace)}`;
  if (chart !== "fleet") {
    return [refused(`${found} of the chart ${chart}, not fleet`, "set namespace to the one that Fleet is in")];
  }
  const issues: Issue[] = [];
  const isOlder = (chart = "") => semver.valid(chart) !== null && semver.lt(chart, newSelectorVersion);
  if (isOlder(version) && !isOlder(target.version)) {
    issues.push(
      refused(
        `${found} of chart version ${version}, whose Deployment cannot become one of ${newSelectorVersion} or newer, since its selector is another`,
        `first run \`kubectl -n ${namespace} delete deployment ${releaseName}\` and upgrade it with \`helm upgrade\` to ${newSelectorVersion} or newer`,
      ),
    );
  }
  if (values.mysql?.enabled === true) {
    issues.push(
      refused(
        `${found} with a MySQL of its own (mysql.enabled), which this program would remove`,
        "first move the database to a MySQL outside of the release",
      ),
    );
  }
  const key = values.environments?.FLEET_SERVER_PRIVATE_KEY;
  if (typeof key === "string" && key !== "") {
    issues.push(
      refused(
        `${found} with environments.FLEET_SERVER_PRIVATE_KEY in plain text, which would get into the preview and the state`,
        "first move it to a Secret with `helm upgrade` (envsFrom), and name that in privateKeySecret",
      ),
    );
  }
  return issues;
}
