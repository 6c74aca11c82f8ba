import { nameOf, namespaceOf } from "./metadata";
import { at, numberAt, textAt, type Json, type JsonObject } from "./property-values";

const itemsAt = (value: Json, ...path: string[]): Json[] => {
  const items = at(value, ...path);
  return Array.isArray(items) ? items : [];
};

/** `namespace/name`, without the namespace where it is `default`. */
export function shortName(object: JsonObject): string {
  const namespace = namespaceOf(object);
  return namespace === "" || namespace === "default" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

/** Why a pod is not ready, in the kubelet's and the registry's own words. Nothing, while it is on its way. */
export function podProblem(pod: JsonObject): string | undefined {
  const conditions = itemsAt(pod, "status", "conditions");
  const condition = (type: string) => conditions.find((item) => textAt(item, "type") === type);
  const isTrue = (type: string) => textAt(condition(type), "status") === "True";
  if (!isTrue("PodScheduled")) return undefined;
  const open = isTrue("Initialized") ? condition("Ready") : condition("Initialized");
  if (!open || textAt(open, "status") === "True") return undefined;
  if (isTrue("Initialized") && textAt(pod, "status", "phase") === "Succeeded") return undefined;

  const problems = itemsAt(pod, "status", "containerStatuses").flatMap(containerProblems).join("\n");
  const message = textAt(open, "message");
  if (problems === "" && message === "") return undefined;
  return `[Pod ${shortName(pod)}]: ${textAt(open, "reason") === "" ? "" : message}${problems}`;
}

function containerProblems(container: Json): string[] {
  if (at(container, "ready") === true) return [];
  const name = textAt(container, "name");
  const problems: string[] = [];
  const waiting = at(container, "state", "waiting");
  if (waiting !== undefined && textAt(waiting, "reason") !== "ContainerCreating") {
    problems.push(`[${textAt(waiting, "reason")}] ${textAt(waiting, "message")}`);
  }
  const ended = at(container, "state", "terminated");
  if (ended !== undefined && textAt(ended, "reason") !== "") {
    const message = textAt(ended, "message");
    const code = numberAt(ended, "exitCode");
    problems.push(
      message === "" ? `container "${name}" ended with exit code ${code}` : `[${textAt(ended, "reason")}] ${message}`,
    );
  }
  const before = at(container, "lastState", "terminated");
  if (before !== undefined) {
    const code = numberAt(before, "exitCode");
    const when = textAt(before, "finishedAt");
    problems.push(`container "${name}" ended before, at ${when}: ${textAt(before, "reason")}, exit code ${code}`);
    if (textAt(before, "message") !== "") problems.push(textAt(before, "message"));
  }
  return problems;
}
