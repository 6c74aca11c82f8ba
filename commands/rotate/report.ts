import { foreignText } from "../../registry/foreign-text";
import { table } from "../terminal";
import { isHopeless, type Outcome, type Planned, type StackOutcome } from "./rotation";

/** The plan as a table, and below it what does not fit into one. */
export function planText(plan: readonly Planned[]): string {
  const rows = plan.map(({ target, preview }) => [
    target.stack,
    String(target.wave),
    preview.secret ?? "–",
    preview.release ?? "–",
    preview.answer,
    isHopeless({ preview }) ? "–" : String(preview.others.length || "none"),
  ]);
  const head = ["STACK", "WAVE", "SECRET", "RELEASE", "REGISTRY", "OTHER CHANGES"];
  const notes = [
    ...inCommon(plan, ({ preview }) => preview.words.join("\n")),
    ...inCommon(plan, ({ preview }) => preview.warnings.map((text) => `warning: ${text}`).join("\n")),
    ...inCommon(plan, ({ preview }) => others(preview.others)),
  ];
  return [table([head, ...rows]), ...notes].join("\n\n");
}

function others(changes: readonly string[]): string {
  return changes.length === 0 ? "" : `warning: this is not a part of the rotation:\n${changes.join("\n")}`;
}

/** Pulumi hands on what registries, Helm and Kubernetes say. */
const shown = (line: string): string => foreignText(line, 10_000);

/** Each text once, after the stacks that it is true of; its further lines are indented. */
function inCommon<T extends Planned>(stacks: readonly T[], textOf: (stack: T) => string): string[] {
  const texts = new Map<string, string[]>();
  for (const stack of stacks) {
    const text = textOf(stack);
    if (text !== "") texts.set(text, [...(texts.get(text) ?? []), stack.target.stack]);
  }
  return [...texts].map(([text, names]) => `${names.join(", ")}: ${text.split("\n").map(shown).join("\n  ")}`);
}

/** The question, which `[y/N] ` follows. */
export function question(server: string, plan: readonly Planned[]): string {
  const changed = plan.filter(({ preview, fileChanges }) => preview.changes || fileChanges);
  const beyond = changed.reduce((sum, { preview }) => sum + preview.others.length, 0);
  const also = beyond === 0 ? "" : `, with ${count(beyond, "change")} beyond the rotation`;
  return `Rotate ${server} in ${count(changed.length, "stack")}${also}?`;
}

/** What came of it, stack by stack; empty where nothing was done or tried. */
export function resultText({ stacks }: Outcome): string {
  if (!stacks.some(({ touched, words }) => touched || words.length > 0)) return "";
  const rows = stacks.map(({ target, result, seconds }) => [
    target.stack,
    String(target.wave),
    result,
    seconds === undefined ? "–" : `${seconds.toFixed(1)} s`,
  ]);
  const notes = inCommon(stacks, ({ words }) => words.join("\n"));
  return [table([["STACK", "WAVE", "RESULT", "TIME"], ...rows]), ...notes].join("\n\n");
}

/** The last sentence: what is rotated, what is not, and what to do now. */
export function closing({ end, stacks }: Outcome): string {
  const hopeless = stacks.filter(isHopeless).map(({ target }) => target.stack);
  switch (end) {
    case "stopped":
      return (
        `Nothing was changed, since ${hopeless.join(", ")} cannot be rotated; ` +
        "put that right, or leave it out of STACKS, and run make rotate again."
      );
    case "declined":
      return "Nothing was changed.";
    case "nobody":
      return "Nothing was changed, since there is no terminal to ask at; set YES=1 to go on without the question.";
    case "unchanged":
      return "Nothing was changed, since every stack has this password already.";
    case "rotated":
      return `${counts(stacks)}. Commit the files of the stacks.`;
    case "failed":
    case "interrupted": {
      const interrupted = end === "interrupted";
      if (!stacks.some(({ touched }) => touched)) {
        return interrupted ? "Interrupted: nothing was changed." : "Nothing was changed; run make rotate again.";
      }
      return (
        `${interrupted ? "Interrupted: " : ""}${counts(stacks)}. ` +
        "What was rotated or failed has the new password in its file, what was not rotated has the file that it had. " +
        "Run make rotate again with the same password to go on from here."
      );
    }
  }
}

function counts(stacks: readonly StackOutcome[]): string {
  return (["rotated", "unchanged", "failed", "not rotated"] as const)
    .map((result) => [stacks.filter((stack) => stack.result === result).length, result] as const)
    .filter(([number]) => number > 0)
    .map(([number, result]) => `${number} ${result}`)
    .join(", ");
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

/** The same for machines. */
export function resultJson(server: string, outcome: Outcome): string {
  const stacks = outcome.stacks.map(({ target, preview, result, words, seconds }) => ({
    stack: target.stack,
    wave: target.wave,
    result,
    secret: preview.secret ?? null,
    release: preview.release ?? null,
    registry: preview.answer,
    otherChanges: preview.others,
    warnings: preview.warnings,
    reasons: [...preview.words, ...words],
    ...(seconds !== undefined && { seconds }),
  }));
  return JSON.stringify({ server, outcome: outcome.end, message: closing(outcome), stacks }, undefined, 2);
}
