import { asMap } from "../stack-file";

/** What a stack's state says, of what a killed `up` may leave behind. No secret of it is decrypted. */
export interface State {
  /** What it takes for unfinished: `creating fleet-pull-check`. */
  readonly pending: readonly string[];
  /** `namespace/name` of each Secret and Job that it knows, those that are still to be deleted too. */
  readonly known: ReadonlySet<string>;
  /** What the Secrets and Jobs are called in the program. */
  readonly logicalNames: ReadonlySet<string>;
  /** Of the release, where it has one. */
  readonly release?: { readonly namespace: string; readonly timeoutSeconds: number };
  /** The cluster that the last update worked on. */
  readonly clusterUid?: string;
}

const ownTypes = ["kubernetes:core/v1:Secret", "kubernetes:batch/v1:Job"];

/** Fleet's release waits so long where a state does not say otherwise. */
const defaultTimeout = 300;

/** @param exported what `pulumi stack export` printed */
export function readState(exported: string): State {
  const deployment = asMap(asMap(JSON.parse(exported)).deployment);
  const resources = listOf(deployment.resources);
  const pending = listOf(deployment.pending_operations).map((operation) => ({
    type: String(operation.type),
    resource: asMap(operation.resource),
  }));
  const own = resources.filter(({ type }) => ownTypes.includes(String(type)));
  const release = resources.find(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  const [namespace = ""] = typeof release?.id === "string" ? release.id.split("/") : [];
  const timeout = asMap(release?.inputs).timeout;
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const { clusterUid } = asMap(stack?.outputs);
  return {
    pending: pending.map(({ type, resource }) => `${type} ${nameIn(resource)}`),
    known: new Set(own.map(({ id }) => String(id))),
    logicalNames: new Set([...own, ...pending.map(({ resource }) => resource)].map(nameIn)),
    ...(namespace !== "" && {
      release: { namespace, timeoutSeconds: typeof timeout === "number" ? timeout : defaultTimeout },
    }),
    ...(typeof clusterUid === "string" && { clusterUid }),
  };
}

const listOf = (value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]).map(asMap) : []);

const nameIn = ({ urn }: Readonly<Record<string, unknown>>): string => String(urn).split("::").at(-1) ?? "";
