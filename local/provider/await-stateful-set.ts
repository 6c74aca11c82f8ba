import { ownedPods, type Progress, type Waiting } from "./await";
import { apiPath } from "./kinds";
import { nameOf, namespaceOf } from "./metadata";
import { podProblem } from "./pod-problems";
import { numberAt, textAt } from "./property-values";

/** Looks at a StatefulSet: ready once all replicas are, and all are of the latest revision. */
export function statefulSetProgress({ api, kind, object, log }: Waiting): () => Promise<Progress> {
  const path = apiPath(kind, namespaceOf(object), nameOf(object));
  return async () => {
    const set = await api.request("GET", path);
    const generation = numberAt(set, "metadata", "generation");
    const isObserved =
      generation >= numberAt(object, "metadata", "generation") &&
      numberAt(set, "status", "observedGeneration") >= generation;

    const wanted = numberAt(set, "spec", "replicas");
    const has = (...counts: string[]) =>
      isObserved && counts.every((count) => numberAt(set, "status", count) === wanted);
    const current = textAt(set, "status", "currentRevision");
    const latest = textAt(set, "status", "updateRevision");
    const replacesOnDelete = generation > 1 && textAt(set, "spec", "updateStrategy", "type") === "OnDelete";
    const revisionReady = isObserved && (replacesOnDelete || (current !== "" && current === latest));
    const replicasReady = replacesOnDelete
      ? has("replicas", "readyReplicas")
      : has("replicas", "readyReplicas", "currentReplicas");
    if (revisionReady && replicasReady) return { ready: true, object: set, reasons: [] };

    const ready = numberAt(set, "status", "readyReplicas");
    // During a rollout, ready replicas of the old revision do not count.
    const counted = revisionReady ? ready : Math.min(ready, numberAt(set, "status", "updatedReplicas"));
    log.status(`waiting for StatefulSet ${nameOf(set)} (${counted}/${wanted} pods ready)`);
    const problems = (await ownedPods(api, set)).map(podProblem).filter((problem) => problem !== undefined);
    const reasons = [
      ...(replicasReady ? [] : [`${counted} of ${wanted} replicas are ready`]),
      ...(revisionReady ? [] : [`the controller did not get from revision "${current}" to "${latest}"`]),
      ...problems,
    ];
    return { ready: false, object: set, reasons };
  };
}
