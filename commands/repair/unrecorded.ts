import { asMap, type Entries } from "../stack-file";
import type { ClusterObject } from "./findings";

/** An object whose name the program says, and whose creation the state takes for unfinished. */
export interface BegunObject {
  readonly kind: string;
  readonly name: string;
  /** None for a Namespace. */
  readonly namespace?: string;
  /** As the state has it: with what it was to be, and without an id. */
  readonly resource: Entries;
}

/** Reads one of what was being created; none where Helm or Pulumi gives the name, so that the next creation meets nothing. */
export function readBegunObject(resource: Entries): BegunObject | undefined {
  const inputs = asMap(resource.inputs);
  const { name, namespace, annotations } = asMap(inputs.metadata);
  if (typeof inputs.kind !== "string" || typeof name !== "string") return undefined;
  if (asMap(annotations)["pulumi.com/autonamed"] !== undefined) return undefined;
  return { kind: inputs.kind, name, ...(typeof namespace === "string" && { namespace }), resource };
}

/** Between the clocks of the cluster and of the machine that ran `up`. */
const clockSkew = 5 * 60_000;

/**
 * Whether the object is what the killed run made: by Pulumi, not before the stack, and with everything that it was to have.
 *
 * @param since when the stack's first resource was made
 */
export function isMadeByRun({ resource }: BegunObject, live: ClusterObject, since: number): boolean {
  return (
    creatorOf(live) !== undefined &&
    Date.parse(live.metadata.creationTimestamp) >= since - clockSkew &&
    hasAll(live, resource.inputs)
  );
}

/** The field manager that made it, if that is Pulumi: another one that comes later has a later time. */
function creatorOf({ metadata }: ClusterObject) {
  const made = Date.parse(metadata.creationTimestamp);
  return metadata.managedFields?.find(
    ({ manager, time = "" }) => /^pulumi-kubernetes\b/.test(manager) && Date.parse(time) <= made + 1000,
  );
}

/** Quantities aside, which the API server writes in a form of its own. */
function hasAll(live: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return live === wanted;
  return Object.entries(wanted).every(
    ([key, value]) => key === "resources" || hasAll((live as Entries | undefined)?.[key], value),
  );
}

/**
 * The resource as the state has one that was created. The plugin before 4.29 makes a name for each creation, under which the API
 * server keeps who owns a field: with another one, a later change of the same field would be a conflict, and what is to be removed
 * would stay.
 */
export function recorded({ name, namespace, resource }: BegunObject, live: ClusterObject): Entries {
  const { inputs } = resource;
  const creator = creatorOf(live);
  return {
    ...resource,
    id: namespace === undefined ? name : `${namespace}/${name}`,
    outputs: {
      ...asMap(inputs),
      __inputs: inputs,
      __initialApiVersion: asMap(inputs).apiVersion,
      ...(creator?.operation === "Apply" && { __fieldManager: creator.manager }),
    },
  };
}

/** The state with these resources too, but for those that it knows by now. */
export function withResources(exported: string, resources: readonly Entries[]): string {
  const state = asMap(JSON.parse(exported));
  const deployment = asMap(state.deployment);
  const known = Array.isArray(deployment.resources) ? (deployment.resources as readonly unknown[]).map(asMap) : [];
  const unknown = resources.filter(({ urn }) => !known.some((one) => one.urn === urn));
  return JSON.stringify({ ...state, deployment: { ...deployment, resources: [...known, ...unknown] } });
}
