import {
  explainCoverage,
  podsIn,
  podTemplatesIn,
  secretsIn,
  serviceAccountsIn,
  type Coverage,
  type NamedSecret,
  type Pod,
} from "../coverage";
import type { Issue } from "../../registry/issue";
import { UserError } from "../../components/user-error";
import { inProject } from "../../config/keys";
import type { Clients } from "./clients";
import { tooFewNodes, type Placement } from "./check-nodes";
import { askCluster, type ClusterObjects } from "./cluster";
import { failedPulls } from "./failed-pulls";
import { runProgram } from "./program";
import { renderRelease } from "./render";
import { readRedactedConfig, shownUsername } from "./redacted-config";

export interface ExplainOptions {
  /** The stack's name. */
  readonly stack: string;
  /** Its configuration. @default `Pulumi.STACK.yaml` in the current folder */
  readonly configFile?: string;
  /** Images that need no credential: hosts with their port, or `host/path` whose parts begin the image's. @default none */
  readonly publicImages?: readonly string[];
  /** What the cluster has that the stack does not make. @default it is asked */
  readonly cluster?: ClusterObjects;
}

export interface StackCoverage extends Coverage {
  readonly stack: string;
}

/**
 * With which credential the kubelet will pull each image of each pod that a stack runs: those of the chart, rendered with
 * the values that the program gives it, and those of the program itself (pull check, bundled datastores).
 *
 * Needs Helm, and no passphrase, login or registry. The cluster is asked, where it answers, for ServiceAccounts and for
 * Secrets that the stack names and does not make. Not for inside a Pulumi program: it runs this one's under mocks.
 *
 * @throws UserError for a stack that has no file, a configuration that the program refuses, a missing Helm, and a chart
 *   that Helm refuses
 */
export async function explainStack(clients: Clients, options: ExplainOptions): Promise<StackCoverage> {
  const { stack, configFile, publicImages } = options;
  const config = readRedactedConfig(process.cwd(), stack, configFile);
  const helm = clients.findHelm();
  const program = await runProgram(stack, config);
  const found = await helm;
  if (found === undefined) {
    throw new UserError(
      `There is no Helm 3.14 or newer on PATH; install it, or build it with \`make toolchain\`, then: make explain STACK=${stack}`,
    );
  }
  const { manifests } = await renderRelease(found, program.release);

  const objects = [...manifests, ...program.objects];
  const { namespace } = program;
  const pods = podsIn(objects, namespace);
  const made = [
    ...secretsIn(manifests, namespace),
    ...secretsIn(program.objects, namespace).map((secret) => ({
      ...withShownUsernames(secret),
      isNameGenerated: true,
    })),
  ];
  const rendered = serviceAccountsIn(objects, namespace);
  const cluster = options.cluster ?? (await askCluster(clients, config, program, pods, made, rendered));
  const coverage = explainCoverage({
    pods,
    secrets: [...made, ...cluster.secrets],
    serviceAccounts: [...rendered, ...cluster.serviceAccounts],
    ...(publicImages !== undefined && { publicImages }),
  });
  const checkJobs = program.objects.filter(({ kind }) => kind === "Job");
  const placement = podTemplatesIn(checkJobs)[0]?.spec as Placement | undefined;
  const problems = [
    ...coverage.problems,
    ...notChecked(coverage, podsIn(checkJobs, namespace)),
    ...tooFewNodes(program.pullCheckNodes, cluster.nodes, placement),
  ];
  return {
    stack,
    ...coverage,
    problems: problems.map((problem) => inProject(config.project, problem)),
    warnings: [...coverage.warnings, ...failedPulls(cluster.checks ?? { jobs: [], events: [] })],
    notes: [...coverage.notes, ...notesOf(config.environments, cluster)],
  };
}

function withShownUsernames(secret: NamedSecret): NamedSecret {
  if (secret.config.kind !== "entries") return secret;
  const entries = secret.config.entries.map((entry) => ({ ...entry, username: shownUsername(entry.username) }));
  return { ...secret, config: { kind: "entries", entries } };
}

/** Images that need a credential, and that no pull check tries before the release is touched. */
function notChecked({ images }: Coverage, checks: readonly Pod[]): readonly Issue[] {
  const checked = new Set(checks.flatMap((check) => check.images.map(({ image }) => image)));
  const others = images.filter(({ outcome, image }) => outcome === "credential" && !checked.has(image));
  if (checks.length === 0 || others.length === 0) return [];
  const list = [...new Set(others.map(({ image }) => image))].join(", ");
  const fix = `add them to fleet:pullCheckImages, and it will: ${list}`;
  return [{ code: "not-checked", sentence: "the pull check does not pull these", fix }];
}

function notesOf(environments: readonly string[], { unreachable, secrets, nodes }: ClusterObjects): readonly Issue[] {
  const unread = secrets.filter(({ config }) => config.kind === "unread").map(({ name }) => name);
  const also = unread.length === 0 ? "" : `, and what is in ${unread.join(", ")} is not known`;
  const sentences = [
    ...(unreachable === undefined
      ? []
      : [`the cluster was not asked (${unreachable}): ServiceAccounts count as the chart makes them${also}`]),
    ...(typeof nodes === "string" ? [`the nodes were not asked (${nodes}), so nobody knows how many can pull`] : []),
    ...(environments.length === 0
      ? []
      : [`configuration of the environments ${environments.join(", ")} is not in here: only Pulumi can open them`]),
  ];
  return sentences.map((sentence) => ({ code: "not-asked", sentence }));
}
