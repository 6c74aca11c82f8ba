import { asMap } from "../stack-file";
import { readBegunObject, type BegunObject } from "./unrecorded";

/** What a stack's state says, of what a killed `up` may leave behind. No secret of it is decrypted. */
export interface State {
  /** What it takes for unfinished. */
  readonly pending: readonly PendingOperation[];
  /** Those of them that make an object of a name that the program says. */
  readonly begunObjects: readonly BegunObject[];
  /** When its first resource was made, in milliseconds; NaN where it does not say. */
  readonly since: number;
  /** `namespace/name` of each Secret and Job that it knows, those that are still to be deleted too. */
  readonly known: ReadonlySet<string>;
  /** What the Secrets and Jobs are called in the program. */
  readonly logicalNames: ReadonlySet<string>;
  /** Whether it has the release, and not only one that was being created. */
  readonly knowsRelease: boolean;
  /** Of the release, where it has one or was making one. */
  readonly release?: { readonly namespace: string; readonly timeoutSeconds: number };
  /** The cluster that the last update worked on. */
  readonly clusterUid?: string;
}

/** An operation that was begun, and of which the state does not know how it ended. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting` or `reading`. */
  readonly type: string;
  /** What it is called in the program. */
  readonly name: string;
  /** Whether it is the first creation of the release. */
  readonly createsRelease: boolean;
}

const ownTypes = ["kubernetes:core/v1:Secret", "kubernetes:batch/v1:Job"];

const releaseToken = "kubernetes:helm.sh/v3:Release";

/** Fleet's release waits so long where a state does not say otherwise. */
const defaultTimeout = 300;

/** @param exported what `pulumi stack export` printed */
export function readState(exported: string): State {
  const deployment = asMap(asMap(JSON.parse(exported)).deployment);
  const resources = listOf(deployment.resources);
  const urns = new Set(resources.map(({ urn }) => String(urn)));
  const begun = listOf(deployment.pending_operations).map(({ type, resource }) => ({
    type: String(type),
    resource: asMap(resource),
  }));
  const pending = begun.map(({ type, resource }) => pendingOperation(type, resource, urns));
  const begunObjects = begun
    .filter(({ type, resource }) => type === "creating" && !urns.has(String(resource.urn)))
    .flatMap(({ resource }) => readBegunObject(resource) ?? []);
  const times = resources.flatMap(({ created }) => (typeof created === "string" ? [Date.parse(created)] : []));
  const own = resources.filter(({ type }) => ownTypes.includes(String(type)));
  const ofRelease = ({ type }: Readonly<Record<string, unknown>>) => type === releaseToken;
  // One that was being created has what it was to be.
  const knowsRelease = resources.some(ofRelease);
  const release = resources.find(ofRelease) ?? begun.map(({ resource }) => resource).find(ofRelease);
  const inputs = asMap(release?.inputs);
  const namespace = typeof release?.id === "string" ? release.id.split("/")[0] : inputs.namespace;
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const { clusterUid } = asMap(stack?.outputs);
  return {
    pending,
    begunObjects,
    since: times.length === 0 ? NaN : Math.min(...times),
    knowsRelease,
    known: new Set(own.map(({ id }) => String(id))),
    logicalNames: new Set([...own, ...begun.map(({ resource }) => resource)].map(nameIn)),
    ...(typeof namespace === "string" && {
      release: { namespace, timeoutSeconds: typeof inputs.timeout === "number" ? inputs.timeout : defaultTimeout },
    }),
    ...(typeof clusterUid === "string" && { clusterUid }),
  };
}

function pendingOperation(
  type: string,
  resource: Readonly<Record<string, unknown>>,
  urns: ReadonlySet<string>,
): PendingOperation {
  const createsRelease = type === "creating" && resource.type === releaseToken && !urns.has(String(resource.urn));
  return { type, name: nameIn(resource), createsRelease };
}

const listOf = (value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]).map(asMap) : []);

const nameIn = ({ urn }: Readonly<Record<string, unknown>>): string => String(urn).split("::").at(-1) ?? "";
