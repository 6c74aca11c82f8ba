import { kubectl, type Session } from "./session";

interface PodSpec {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly containers: readonly { readonly image: string }[];
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly spec: PodSpec };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
  };
  readonly status?: { readonly readyReplicas?: number; readonly succeeded?: number };
}

interface Pod {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

/** The pods of the Deployment `fleet` that run, as one comparable text. */
export async function fleetPods(session: Session, namespace: string): Promise<string> {
  const pods = await kubectl<{ items: Pod[] }>(session, [
    "get",
    "pods",
    "--namespace",
    namespace,
    "--selector=app=fleet",
    "--field-selector=status.phase=Running",
  ]);
  const uids = uidsOfFleet(pods.items);
  if (uids === "") throw new Error(`No pod of Fleet runs in ${namespace}.`);
  return uids;
}

/** Neither one that is replaced, which serves on for a while, nor one of the CronJob: it has the same labels. */
export function uidsOfFleet(pods: readonly Pod[]): string {
  return pods
    .filter(({ metadata, spec }) => {
      return metadata.deletionTimestamp === undefined && spec.containers.some(({ name }) => name === "fleet");
    })
    .map(({ metadata }) => metadata.uid)
    .sort()
    .join(" ");
}

/** A table of everything in a namespace that pulls images, a row for each container. */
export async function workloadTable(session: Session, namespace: string): Promise<string[][]> {
  const { items } = await kubectl<{ items: Workload[] }>(session, [
    "get",
    "deployments,statefulsets,daemonsets,cronjobs,jobs",
    "--namespace",
    namespace,
  ]);
  const rows = items.flatMap((workload) => {
    const spec = (workload.spec.jobTemplate?.spec ?? workload.spec).template?.spec;
    const pullSecrets = (spec?.imagePullSecrets ?? []).map(({ name }) => name).join(", ") || "none";
    const name = `${workload.kind}/${workload.metadata.name}`;
    return (spec?.containers ?? []).map(({ image }) => [name, image, pullSecrets, ready(workload)]);
  });
  return [
    ["WORKLOAD", "IMAGE", "PULL SECRET", "READY"],
    ...rows.sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1)),
  ];
}

function ready({ kind, spec, status }: Workload): string {
  if (kind === "CronJob") return "scheduled";
  if (kind === "Job") return status?.succeeded === 1 ? "complete" : "running";
  return `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`;
}
