import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  flattenLists,
  secretsIn,
  serviceAccountsIn,
  type Manifest,
  type NamedSecret,
  type Pod,
  type ServiceAccount,
} from "../coverage";
import { foreignLines } from "../../registry/foreign-text";
import { checkSecretName } from "../../registry/secret-name";
import { kubeconfigFlag } from "../kubeconfig";
import { tryRun } from "../process";
import type { Clients } from "./clients";
import type { Program } from "./program";
import type { RedactedConfig } from "./redacted-config";

/** What the stack does not make itself, and only the cluster knows. */
export interface ClusterObjects {
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly secrets: readonly NamedSecret[];
  /** Where the pull check wants several: all nodes, or why they could not be asked. */
  readonly nodes?: readonly Manifest[] | string;
  /** Jobs of the pull check, and what was said of pulls that failed. */
  readonly checks?: { readonly jobs: readonly Manifest[]; readonly events: readonly Manifest[] };
  /** Why the cluster could not be asked, in its own words. */
  readonly unreachable?: string;
}

/** Reads objects, one by one; a clause that says why not, where that fails. */
type Get = (namespace: string, what: readonly string[]) => Promise<readonly Manifest[] | string>;

const given = (answer: Awaited<ReturnType<Get>>): readonly Manifest[] => (typeof answer === "string" ? [] : answer);

/**
 * Seconds for each request, and for each of the two questions, which kubectl asks five times where nothing answers: a
 * cluster that is gone must not hold up what can be said without it.
 */
const [requestTimeout, questionTimeout] = [2, 3];

/**
 * Asks the stack's cluster for the ServiceAccounts of the pods' namespaces, for the pull Secrets that these or the pods
 * name and the stack does not make, and for what concerns the pull check. Nothing is changed.
 *
 * @param known Secrets that need not be asked for
 * @param rendered ServiceAccounts of the chart
 */
export async function askCluster(
  { findKubectl }: Clients,
  config: RedactedConfig,
  program: Pick<Program, "namespace" | "pullCheckNodes">,
  pods: readonly Pod[],
  known: readonly NamedSecret[],
  rendered: readonly ServiceAccount[],
): Promise<ClusterObjects> {
  return withKubectl(await findKubectl(), config, async (get) => {
    const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
    const [answers, ofChecks] = await Promise.all([
      Promise.all(namespaces.map((namespace) => get(namespace, ["serviceaccounts"]))),
      askAboutCheck(get, program),
    ]);
    const serviceAccounts = answers.flatMap((answer, i) =>
      typeof answer === "string" ? [] : serviceAccountsIn(answer, namespaces[i] ?? ""),
    );
    const unreachable = answers.find((answer) => typeof answer === "string");
    const secrets = await Promise.all(
      namespaces.map(async (namespace) => {
        const here = (object: { readonly namespace: string }) => object.namespace === namespace;
        const named = [...pods, ...rendered, ...serviceAccounts]
          .filter(here)
          .flatMap(({ imagePullSecrets }) => imagePullSecrets);
        const isKnown = (name: string) => known.some((secret) => here(secret) && secret.name === name);
        // What cannot be a name is no Secret's, whatever the cluster says.
        const names = [...new Set(named)].filter((name) => !isKnown(name) && checkSecretName(name) === undefined);
        if (names.length === 0) return [];
        const answer = unreachable ?? (await get(namespace, ["secrets", ...names]));
        if (typeof answer !== "string") return secretsIn(answer, namespace);
        return names.map((name): NamedSecret => ({ namespace, name, config: { kind: "unread", problem: notRead } }));
      }),
    );
    return {
      serviceAccounts,
      secrets: secrets.flat(),
      ...(unreachable === undefined ? ofChecks : { unreachable }),
    };
  });
}

async function askAboutCheck(
  get: Get,
  { namespace, pullCheckNodes }: Pick<Program, "namespace" | "pullCheckNodes">,
): Promise<Pick<ClusterObjects, "nodes" | "checks">> {
  if (pullCheckNodes === 0) return {};
  const [nodes, jobs, events] = await Promise.all([
    pullCheckNodes > 1 ? get(namespace, ["nodes"]) : undefined,
    get(namespace, ["jobs", "--selector=app.kubernetes.io/component=image-pull-check"]),
    get(namespace, ["events", "--field-selector=reason=Failed"]),
  ]);
  return { ...(nodes !== undefined && { nodes }), checks: { jobs: given(jobs), events: given(events) } };
}

const notRead = "could not be read from the cluster";

async function withKubectl<T>(
  kubectl: string | undefined,
  { values, secretKeys }: RedactedConfig,
  work: (get: Get) => Promise<T>,
): Promise<T> {
  if (kubectl === undefined) return work(() => Promise.resolve("there is no kubectl on PATH"));
  if (secretKeys.includes("kubernetes:kubeconfig")) {
    return work(() => Promise.resolve("the stack's kubeconfig is encrypted"));
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "explain-"));
  try {
    const context = values["kubernetes:context"];
    const flags = [
      `--request-timeout=${requestTimeout}s`,
      ...(context === undefined ? [] : [`--context=${context}`]),
      ...kubeconfigFlag(values["kubernetes:kubeconfig"], folder),
    ];
    return await work(async (namespace, what) => {
      const options = ["--ignore-not-found", "--output=json", `--namespace=${namespace}`];
      const { code, stdout, stderr } = await tryRun(kubectl, ["get", ...what, ...options, ...flags], {
        timeout: questionTimeout * 1000,
      });
      if (code === 0) return stdout.trim() === "" ? [] : flattenLists([JSON.parse(stdout)]);
      // The last line is the sum; those above it are of each try.
      const [words = ""] = foreignLines(stderr, 1);
      return words.replace(/^error: /i, "") || `kubectl did not answer within ${questionTimeout} s`;
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
