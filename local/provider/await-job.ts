import { ownedPods, type Progress, type Waiting } from "./await";
import { apiPath } from "./kinds";
import { nameOf, namespaceOf } from "./metadata";
import { podProblem, shortName } from "./pod-problems";
import { at, numberAt, textAt, type Json, type JsonObject } from "./property-values";

function condition(job: JsonObject, type: string): Json | undefined {
  const conditions = at(job, "status", "conditions");
  const found = Array.isArray(conditions) ? conditions.find((item) => textAt(item, "type") === type) : undefined;
  return textAt(found, "status") === "True" ? found : undefined;
}

const failureOf = (job: JsonObject): string | undefined => {
  const failed = condition(job, "Failed");
  const reason = textAt(failed, "reason");
  const isFinal = reason === "BackoffLimitExceeded" || reason === "DeadlineExceeded";
  return isFinal ? `[${reason}] ${textAt(failed, "message")}` : undefined;
};

export const jobIsComplete = (job: JsonObject): boolean =>
  at(job, "status", "startTime") !== undefined &&
  failureOf(job) === undefined &&
  condition(job, "Complete") !== undefined;

/** Looks at a Job: ready once it is complete. What its pods say is kept, since a failed Job takes them away. */
export function jobProgress({ api, kind, object, log }: Waiting): () => Promise<Progress> {
  const reasons = new Set<string>();
  const path = apiPath(kind, namespaceOf(object), nameOf(object));
  let last = object;
  return async () => {
    const job = await api.request("GET", path);
    if (jobIsComplete(job)) return { ready: true, object: job, reasons: [] };
    for (const problem of (await ownedPods(api, job)).map(podProblem)) {
      if (problem === undefined || reasons.has(problem)) continue;
      reasons.add(problem);
      // Unready containers are a normal part of a Job's life.
      if (!problem.includes("containers with unready status")) log.status(problem, "warning");
    }
    const failure = failureOf(job);
    if (failure !== undefined) return { ready: false, failed: true, object: last, reasons: [...reasons, failure] };
    last = job;
    const count = (field: string) => numberAt(job, "status", field);
    const counts = `active: ${count("active")}, succeeded: ${count("succeeded")}, failed: ${count("failed")}`;
    log.status(`waiting for Job ${shortName(job)} to succeed (${counts})`);
    return { ready: false, object: job, reasons: [...reasons] };
  };
}
