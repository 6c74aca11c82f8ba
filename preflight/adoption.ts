import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import * as semver from "semver";
import { fleetChart } from "../components/chart";
import { defaultNamespace, releaseId, releaseName } from "../components/release";
import { plainSecrets } from "../components/secret-variables";
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
  /** The version of the chart that the stack goes on with; of a folder or an archive, its own. @default "7.0.2" */
  readonly chartVersion?: string;
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
  /** As `helm status` says it: `deployed`, `failed`, `pending-upgrade`. */
  readonly status: string;
  readonly chart: string;
  readonly version: string;
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>> | null | undefined>>;
}

/**
 * Reads the namespace and the Helm release that a stack takes over, and says why it could not: issues have the place
 * `adopt`. Without either, the engine ends the program with the provider's error; the logical names
 * of the two say the rest.
 *
 * Await it before the components are made: then nothing is changed. A preview that cannot know the cluster yet finds nothing.
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
  const read = await awaitKnown(pulumi.all([release.status, release.values]));
  if (read === undefined) return { issues: [], warnings: [] };
  const [status, values] = read;
  const installed: Installed = {
    status: status.status ?? "",
    chart: status.chart ?? "",
    version: semver.valid(status.version ?? "") ?? "",
    values,
  };
  const issues = obstacles(installed, namespace, args.chartVersion ?? fleetChart.version);
  const warnings = [
    ...(installed.status === "failed" ? [lastChangeFailed(namespace)] : []),
    ...(losesTls(installed, args) ? [lostTls(namespace)] : []),
  ];
  return { issues, warnings: issues.length === 0 ? warnings : [] };
}

/**
 * The command that ends what a run of Helm left undone; none where it left nothing. Without its record, the revision before is
 * Helm's last one, and nothing that runs is touched; `helm rollback` would roll every pod back first.
 */
function endOf(status: string, namespace: string): string | undefined {
  const uninstall = `\`helm -n ${namespace} uninstall ${releaseName}\``;
  switch (status) {
    case "pending-upgrade":
    case "pending-rollback":
      return `\`kubectl -n ${namespace} delete secret -l owner=helm,name=${releaseName},status=${status}\``;
    case "pending-install":
      return `${uninstall} and install it again`;
    case "uninstalling":
    case "uninstalled":
      return `${uninstall}, and install Fleet with \`pulumi config set adopt false\``;
    default:
      return undefined;
  }
}

/** Not refused: a migration that could not pull leaves such a release, and the next upgrade mends it. */
const lastChangeFailed = (namespace: string): Issue => ({
  code: "last-change-failed",
  sentence: `the last change of the release ${releaseId(namespace)} failed, so its values are what was tried, not what runs`,
  fix: `look at \`helm -n ${namespace} history ${releaseName}\`, and roll it back first where you doubt`,
});

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

function obstacles({ status, chart, version, values }: Installed, namespace: string, target: string): Issue[] {
  const refused = (sentence: string, fix: string): Issue => ({ code: "not-adoptable", place: "adopt", sentence, fix });
  const found = `found the release ${releaseId(namespace)}`;
  if (chart !== "fleet") {
    return [refused(`${found} of the chart ${chart}, not fleet`, "set namespace to the one that Fleet is in")];
  }
  const end = endOf(status, namespace);
  if (end !== undefined) {
    return [refused(`${found}, which is ${status}`, `unless Helm is still at it, end it with ${end}`)];
  }
  const issues: Issue[] = [];
  const isOlder = (chart = "") => semver.valid(chart) !== null && semver.lt(chart, newSelectorVersion);
  if (isOlder(version) && !isOlder(target)) {
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
  const secrets = plainSecrets(values);
  if (secrets.length > 0) {
    issues.push(
      refused(
        `${found} with ${secrets.join(", ")} in plain text, which would get into the preview and the state`,
        "first move each to a Secret with `helm upgrade` (envsFrom), and name that in values.envsFrom, or the private key's in privateKeySecret",
      ),
    );
  }
  return issues;
}
