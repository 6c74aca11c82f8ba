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
