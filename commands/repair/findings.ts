import type { Entries } from "../stack-file";
import type { State } from "./state";
import { isMadeByRun, recorded, type BegunObject } from "./unrecorded";

/** The parts of a Kubernetes object that are looked at. */
export interface ClusterObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
    readonly managedFields?: readonly {
      readonly manager: string;
      /** `Apply` or `Update`. */
      readonly operation: string;
      readonly time?: string;
    }[];
  };
  readonly spec?: { readonly imagePullSecrets?: readonly { readonly name: string }[] };
  readonly status?: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

/** What the cluster has in the stack's namespace. */
export interface Cluster {
  readonly namespace: string;
  /** Their metadata alone. */
  readonly secrets: readonly ClusterObject[];
  /** Jobs, pods, and whatever makes pods. */
  readonly workloads: readonly ClusterObject[];
  /** What is there of the objects that the state takes for unfinished. */
  readonly begun: readonly (readonly [BegunObject, ClusterObject])[];
}

/** Something that a killed run has left, and what becomes of it. */
export type Finding = { readonly found: string; readonly done: string } & (
  | { readonly kind: "pending operations" }
  /** `resources` is what the state is to have. */
  | { readonly kind: "unrecorded"; readonly resources: readonly Entries[] }
  /** `helm` is what Helm calls it, at work until `busyUntil` at most. */
  | { readonly kind: "helm revision"; readonly name: string; readonly busyUntil: Date }
  | { readonly kind: "secret" | "job"; readonly name: string }
);

export interface Findings {
  readonly findings: readonly Finding[];
  /** What has to stay, one sentence each. */
  readonly kept: readonly string[];
}

/** What is left over, in the order in which it is taken away. */
export function findLeftovers(state: State, cluster: Cluster): Findings {
  const jobs = ofKind(cluster, "Job");
  const isOwn = ({ metadata: { name, labels, annotations } }: ClusterObject) =>
    labels?.["app.kubernetes.io/part-of"] === "fleet" &&
    annotations?.["pulumi.com/autonamed"] === "true" &&
    // Another program's objects may have the same labels, but not the names that this stack's resources have.
    state.logicalNames.has(name.replace(/-[0-9a-f]{8}$/, "")) &&
    !state.known.has(`${cluster.namespace}/${name}`);
  const lostJobs = jobs.filter(isOwn);
  const lostSecrets = cluster.secrets.filter(isOwn);

  const isOfLostJob = ({ metadata }: ClusterObject) =>
    lostJobs.some((job) => [metadata.name, ...ownersOf(metadata)].includes(job.metadata.name));
  const living = JSON.stringify(cluster.workloads.filter((one) => !isOfLostJob(one)));
  const isNamed = ({ metadata }: ClusterObject) => living.includes(JSON.stringify(metadata.name));

  return {
    findings: [
      ...unrecorded(state, cluster),
      ...pendingOperations(state),
      ...helmRevisions(state, cluster),
      ...lostJobs.map(({ metadata: { name } }) => leftover("job", name, "is in no state")),
      ...lostSecrets
        .filter((secret) => !isNamed(secret))
        .map(({ metadata: { name } }) => leftover("secret", name, "is in no state, and nothing names it")),
      ...waitingRuns(cluster).map(({ metadata: { name } }) =>
        leftover("job", name, "waits for an image with a Secret that is gone, and holds back the CronJob's next run"),
      ),
    ],
    kept: [
      ...lostSecrets.filter(isNamed).map(({ metadata: { name } }) => keptSecret(name)),
      ...cluster.begun
        .filter((one) => !isMadeByRun(...one, state.since))
        .map(([{ kind, name }]) => keptObject(kind, name)),
    ],
  };
}

/** Before the pending operations, with which goes what is known of these; the refresh of those then looks at these too. */
function unrecorded({ since }: State, { begun }: Cluster): readonly Finding[] {
  const made = begun.filter((one) => isMadeByRun(...one, since));
  if (made.length === 0) return [];
  const found = made.map(
    ([{ kind, name }, { metadata }]) =>
      `${kind} ${name} (made ${metadata.creationTimestamp.replace(/T(.*)Z/, " $1 UTC")})`,
  );
  return [
    {
      kind: "unrecorded",
      resources: made.map((one) => recorded(...one)),
      found: `there, and not in the state: ${found.join(", ")}`,
      done: "the state takes it in, and it stays as it is",
    },
  ];
}

const keptSecret = (name: string) =>
  `the Secret ${name} is in no state, but pods name it; run pulumi up, and then make repair again`;

const keptObject = (kind: string, name: string) =>
  `the ${kind} ${name} is there, but is not what this stack was making; pulumi up may refuse it`;

const leftover = (kind: "job" | "secret", name: string, what: string): Finding => ({
  kind,
  name,
  found: `the ${kind === "job" ? "Job" : "Secret"} ${name} ${what}`,
  done: "it is deleted",
});

function pendingOperations({ pending }: State): readonly Finding[] {
  if (pending.length === 0) return [];
  const found = `the state takes for unfinished: ${pending.map(({ type, name }) => `${type} ${name}`).join(", ")}`;
  return [{ kind: "pending operations", found, done: "pulumi refresh --clear-pending-creates" }];
}

/**
 * Helm refuses every change while its last revision is one that nobody ended, and to install what it has installed: a release that the
 * state does not know, since the kill came between the two. Without its record, Helm takes over what runs.
 */
function helmRevisions(state: State, cluster: Cluster): readonly Finding[] {
  const version = ({ metadata }: ClusterObject) => Number(metadata.labels?.version);
  const status = ({ metadata }: ClusterObject) => metadata.labels?.status ?? "";
  const all = cluster.secrets
    .filter(({ metadata: { labels } }) => labels?.owner === "helm" && labels.name === "fleet")
    .sort((a, b) => version(b) - version(a));
  const isUnknown = isOfUnknownRelease(state, cluster);
  const left = isUnknown ? all : all.slice(0, 1).filter((one) => status(one).startsWith("pending-"));
  return left.map((revision) => {
    const begun = new Date(revision.metadata.creationTimestamp);
    const time = begun.toISOString().replace(/.*T(.{8}).*/, "$1 UTC");
    const needs = status(revision).startsWith("pending-") ? (state.release?.timeoutSeconds ?? 300) : 0;
    const unknown = isUnknown ? ", and the state does not know the release" : "";
    return {
      kind: "helm revision",
      name: revision.metadata.name,
      busyUntil: new Date(begun.getTime() + needs * 1000),
      found: `Helm's revision ${version(revision)} of the release fleet is ${status(revision)} since ${time}${unknown}`,
      done: "its record is deleted, and nothing that runs",
    };
  });
}

/** A first install that the state lost: it was being created, or its Deployment names a Secret that only this stack can have made. */
function isOfUnknownRelease({ knowsRelease, pending, known }: State, { namespace, workloads }: Cluster): boolean {
  if (knowsRelease) return false;
  const installed = workloads
    .filter(({ metadata }) => metadata.annotations?.["meta.helm.sh/release-name"] === "fleet")
    .map((one) => JSON.stringify(one));
  const names = [...known].filter((id) => id.startsWith(`${namespace}/`)).map((id) => id.slice(namespace.length + 1));
  return (
    pending.some(({ createsRelease }) => createsRelease) ||
    names.some((name) => installed.some((one) => one.includes(JSON.stringify(name))))
  );
}

/** Runs of Fleet's CronJob whose pods wait for an image, and name a pull Secret that is gone: they cannot begin any more. */
function waitingRuns(cluster: Cluster): readonly ClusterObject[] {
  const pods = ofKind(cluster, "Pod");
  const isThere = (name: string) => cluster.secrets.some(({ metadata }) => metadata.name === name);
  return ofKind(cluster, "Job").filter(({ metadata }) => {
    if (!metadata.ownerReferences?.some(({ kind, name }) => kind === "CronJob" && name === "fleet-vulnprocessing")) {
      return false;
    }
    const own = pods.filter((pod) => ownersOf(pod.metadata).includes(metadata.name));
    return (
      own.length > 0 &&
      own.every(
        ({ spec, status }) =>
          spec?.imagePullSecrets?.some(({ name }) => !isThere(name)) === true &&
          [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ state }) =>
            ["ErrImagePull", "ImagePullBackOff"].includes(state?.waiting?.reason ?? ""),
          ),
      )
    );
  });
}

const ofKind = ({ workloads }: Cluster, kind: string) => workloads.filter((one) => one.kind === kind);

const ownersOf = ({ ownerReferences = [] }: ClusterObject["metadata"]) => ownerReferences.map(({ name }) => name);
