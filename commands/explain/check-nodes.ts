import type { Manifest } from "../coverage";
import type { Issue } from "../../registry/issue";

/** What of a node decides whether the scheduler may put a pod there. */
interface Node extends Manifest {
  readonly metadata?: Manifest["metadata"] & { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean };
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Toleration extends Partial<Taint> {
  readonly operator?: string;
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Term {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

/** What of a pod's spec decides on which nodes it may run. */
export interface Placement {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly Term[] };
    };
  };
}

/**
 * Whether there are as many nodes as a pull check wants, of those on which its pods may run. What room they have is not known here, nor
 * what other pods an affinity asks for.
 *
 * @param nodes nothing where they were not asked, or could not be
 */
export function tooFewNodes(
  wanted: number,
  nodes: readonly Manifest[] | string | undefined,
  placement: Placement = {},
): readonly Issue[] {
  if (typeof nodes !== "object") return [];
  const found = nodes.map((node) => ({ name: node.metadata?.name ?? "", obstacle: obstacleOf(node, placement) }));
  const fit = found.filter(({ obstacle }) => obstacle === undefined).map(({ name }) => name);
  if (fit.length >= wanted) return [];
  const others = found.flatMap(({ name, obstacle }) => (obstacle === undefined ? [] : [`${name} ${obstacle}`]));
  const names = fit.length === 0 ? "none" : fit.sort().join(", ");
  const sentence = `fleet:pullCheckNodes is ${wanted}, and the pull check can run on ${fit.length} of the nodes (${names})`;
  const why = others.length === 0 ? "" : `: ${others.sort().join(", ")}`;
  const fix = `add nodes, or set a smaller number: pulumi config set pullCheckNodes ${Math.max(fit.length, 1)}`;
  return [{ code: "too-few-nodes", sentence: `${sentence}${why}`, fix }];
}

/** Why a pod may not run on a node, after the node's name. */
function obstacleOf({ metadata, spec }: Node, { nodeSelector, tolerations = [], affinity }: Placement) {
  // The node's controllers write both of these as taints; a cordoned node may have but the field for a moment.
  const cordoned = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  const taints = [...(spec?.unschedulable === true ? [cordoned] : []), ...(spec?.taints ?? [])];
  const taint = taints.find(
    (one) => one.effect !== "PreferNoSchedule" && !tolerations.some((it) => tolerates(it, one)),
  );
  if (taint !== undefined) return taintWords(taint);
  const labels = metadata?.labels ?? {};
  const lacking = Object.entries(nodeSelector ?? {}).find(([key, value]) => labels[key] !== value);
  if (lacking !== undefined) return `lacks the label ${lacking.join("=")}`;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const fields = { "metadata.name": metadata?.name ?? "" };
  const meets = ({ matchExpressions = [], matchFields = [] }: Term) =>
    matchExpressions.length + matchFields.length > 0 &&
    matchExpressions.every((it) => matches(it, labels)) &&
    matchFields.every((it) => matches(it, fields));
  return terms === undefined || terms.some(meets) ? undefined : "does not match the node affinity";
}

function taintWords({ key, value, effect }: Taint): string {
  if (key === "node.kubernetes.io/unschedulable") return "is cordoned";
  if (key === "node.kubernetes.io/not-ready" || key === "node.kubernetes.io/unreachable") return "is not ready";
  return `has the taint ${key}${value ? `=${value}` : ""}:${effect}`;
}

/** As Kubernetes' `Toleration.ToleratesTaint`: no key is every key, no effect every effect. */
function tolerates({ key = "", operator = "Equal", value = "", effect = "" }: Toleration, taint: Taint): boolean {
  if (effect !== "" && effect !== taint.effect) return false;
  if (key !== "" && key !== taint.key) return false;
  return operator === "Exists" || (key !== "" && value === (taint.value ?? ""));
}

/** As Kubernetes' `labels.Requirement.Matches`. */
function matches({ key, operator, values = [] }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key];
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  if (operator === "NotIn") return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  if (operator === "Gt") return Number(value) > Number(values[0]);
  if (operator === "Lt") return Number(value) < Number(values[0]);
  return values.includes(value);
}
