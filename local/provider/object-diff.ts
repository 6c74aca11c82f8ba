import { jobIsComplete } from "./await-job";
import { parseCheckpoint } from "./checkpoint";
import { detailedDiff, ignore } from "./detailed-diff";
import { apiPath, kindOf, type Kind } from "./kinds";
import { annotation, isAutonamed, isNamed, nameOf, namespaceOf, withMetadata } from "./metadata";
import { normalize } from "./normalize";
import { mergePatch, prune } from "./patch";
import { stripAll, type JsonObject, type Properties } from "./property-values";
import type { Difference } from "./rpc";
import type { Session } from "./session";
import { parseUrn } from "./urn";

/** Compares new inputs with what the last operation left of the object, at the places that its inputs named. */
export async function diffObject(
  session: Session,
  urn: string,
  state: Properties,
  news: Properties,
  ignored: readonly string[],
): Promise<Difference> {
  const kind = kindOf(parseUrn(urn).type);
  const old = parseCheckpoint(state);
  const inputs = withCanonicalNamespace(kind, normalize(stripAll(news)));
  let base = withCanonicalNamespace(kind, prune(old.live, normalize(old.inputs)));
  base = withMetadata(base, "resourceVersion", undefined);
  if (nameOf(inputs) !== "") base = withMetadata(base, "name", nameOf(old.live));

  const sides = { old: base, newInput: inputs, oldInput: base };
  const replacing = ["metadata.name", "metadata.namespace", ...kind.replacing];
  const detailed = detailedDiff(mergePatch(base, inputs), sides, replacing);
  ignore(detailed, ignored);
  const replaces = [...detailed]
    .filter(([path, { change, replaces }]) => replaces || (path === "metadata" && change === "delete"))
    .map(([path]) => path);

  const unready = await isUnready(session, urn, kind, inputs, old.live);
  if (unready) replaces.push('.metadata.annotations["pulumi.com/replaceUnready"]');

  // An object that must keep its name can only be replaced by deleting it first.
  const keepsName =
    isNamed(inputs) &&
    !isAutonamed(inputs) &&
    nameOf(inputs) === nameOf(old.live) &&
    namespaceOf(inputs) === namespaceOf(old.live);
  return {
    changed: detailed.size > 0 || unready,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && keepsName,
    detailed,
  };
}

function withCanonicalNamespace(kind: Kind, object: JsonObject): JsonObject {
  return withMetadata(object, "namespace", kind.namespaced ? namespaceOf(object) || "default" : undefined);
}

/** A Job that failed is never going to be ready: with the annotation it is replaced instead of waited for. */
async function isUnready(
  session: Session,
  urn: string,
  kind: Kind,
  inputs: JsonObject,
  live: JsonObject,
): Promise<boolean> {
  if (annotation(inputs, "pulumi.com/replaceUnready") !== "true") return false;
  const cluster = session.reachable;
  if (!cluster) {
    session.about(urn).warn("the cluster is unreachable, so that replaceUnready is not looked at");
    return false;
  }
  if (kind.kind !== "Job") {
    session.about(urn).warn("replaceUnready works for Jobs only");
    return false;
  }
  const job = await cluster.api.find(apiPath(kind, namespaceOf(live), nameOf(live))).catch(() => undefined);
  return job !== undefined && !jobIsComplete(job);
}
