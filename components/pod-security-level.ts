import { asObject, type Values } from "./plain-values";
import type { Issue } from "../registry/issue";

/** The levels of the Pod Security Standards, the strictest first. Of this form, since Pulumi describes no other to other languages. */
export const PodSecurityLevel = {
  /** Pods that need no privilege. */
  Restricted: "restricted",
  /** Pods without what is known to lead to the node. */
  Baseline: "baseline",
  /** All pods. */
  Privileged: "privileged",
} as const;

export type PodSecurityLevel = (typeof PodSecurityLevel)[keyof typeof PodSecurityLevel];

export const podSecurityLevels: readonly PodSecurityLevel[] = Object.values(PodSecurityLevel);

/**
 * The version of the standard that a level is enforced in. Pinned, so that a newer Kubernetes refuses no pod that ran before;
 * one that is older than the version takes its own newest.
 *
 * "restricted" is that of 1.18: from 1.19 on it asks for a `seccompProfile` (k8s.io/pod-security-admission
 * `policy/check_seccompProfile_restricted.go`), which Fleet's chart gives none of its pods, and has no value for; what it has no
 * value for (post-render.js) cannot be added to its migration Job, a hook. All else stays refused:
 * root, more privileges, capabilities beyond the default ones, the node's namespaces, ports and folders.
 */
const versions = { restricted: "v1.18", baseline: "v1.36" };

/** The labels by which the API server refuses pods of a namespace. */
export function podSecurityLabels(level: PodSecurityLevel): Record<string, string> {
  const enforce = "pod-security.kubernetes.io/enforce";
  return { [enforce]: level, ...(level !== "privileged" && { [`${enforce}-version`]: versions[level] }) };
}

/** Of the arguments of `Fleet`. */
interface Args {
  readonly createNamespace?: boolean;
  readonly adopt?: boolean;
  readonly podSecurity?: PodSecurityLevel;
  readonly values?: Values;
}

/**
 * The chart values with which pods of Fleet's chart would be refused in the namespace made here; none in a namespace that is not.
 * `nameOf` gives the name under which the user knows an argument of `Fleet`.
 */
export function checkPodSecurity(
  { createNamespace, adopt, podSecurity = "restricted", values = {} }: Args,
  nameOf: (argument: string) => string = (argument) => `"${argument}"`,
): readonly Issue[] {
  if (createNamespace === false || adopt === true) return [];
  const issues: Issue[] = [];
  const report = (path: string, sentence: string, least: PodSecurityLevel) => {
    if (podSecurityLevels.indexOf(podSecurity) >= podSecurityLevels.indexOf(least)) return;
    const fix = `set ${nameOf("podSecurity")} to ${least}`;
    issues.push({ place: `values.${path}`, code: "conflict", sentence, fix });
  };

  const { additionalCAs, extraVolumes, securityContext } = asObject(values.fleet);
  const { enabled, configMaps, secrets } = asObject(additionalCAs);
  if (isOn(enabled) && [configMaps, secrets].some((list) => Array.isArray(list) && list.length > 0)) {
    report("fleet.additionalCAs", "needs a container that runs as root, which the namespace refuses", "baseline");
  }
  const { runAsNonRoot } = { runAsNonRoot: true, ...asObject(securityContext) } as { readonly runAsNonRoot: unknown };
  if (!isOn(runAsNonRoot)) {
    report("fleet.securityContext.runAsNonRoot", "has to be true for pods that the namespace takes", "baseline");
  }
  if (isOn(asObject(asObject(values.gke).cloudSQL).enableProxy)) {
    report("gke.cloudSQL.enableProxy", "needs the capability SYS_PTRACE, which the namespace refuses", "privileged");
  }
  (Array.isArray(extraVolumes) ? extraVolumes : []).forEach((volume, i) => {
    const source = Object.keys(asObject(volume)).find((key) => key !== "name" && !restrictedVolumes.includes(key));
    if (source === undefined) return;
    const path = `fleet.extraVolumes[${i}].${source}`;
    report(path, "is a kind of volume that the namespace refuses", source === "hostPath" ? "privileged" : "baseline");
  });
  return issues;
}

/** The kinds of volumes that "restricted" allows (k8s.io/pod-security-admission `policy/check_restrictedVolumes.go`). */
const restrictedVolumes: readonly string[] = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Whether a template's `if` takes the value for true; one that is not known yet is not taken for it. */
const isOn = (value: unknown): boolean => ["boolean", "number", "string"].includes(typeof value) && Boolean(value);
