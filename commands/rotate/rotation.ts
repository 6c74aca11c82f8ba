import { inParallel } from "./in-parallel";
import type { Target } from "./targets";
import type { StackPreview } from "./stack-preview";

/** What a rotation does to the world. */
export interface Operations {
  /** Makes a copy of the stack's file with the new password: whether that differs, or why there is none. */
  stage(target: Target): Promise<boolean | readonly string[]>;
  /** Previews the stack with that copy. */
  preview(target: Target): Promise<StackPreview>;
  /** Shows the plan and asks. `nobody`: there is nobody to ask. */
  confirm(plan: readonly Planned[]): Promise<"yes" | "no" | "nobody">;
  /** Puts the copy in the place of the stack's file; a sentence where it cannot be done. */
  commit(target: Target): string | undefined;
  /** Updates the stack; why, where that failed. */
  up(target: Target): Promise<readonly string[] | undefined>;
  /** Whether the person wants it to end. */
  readonly interrupted: () => boolean;
}

/** A stack with what its preview says. */
export interface Planned {
  readonly target: Target;
  readonly preview: StackPreview;
  /** Whether the stack's file gets a new password. */
  readonly fileChanges: boolean;
}

/** `unchanged`: it had the password already. `not rotated`: nothing was done to it. */
export type Result = "rotated" | "unchanged" | "failed" | "not rotated";

export interface Outcome {
  /** `stopped`: a stack cannot be rotated, so none was. `nobody` and `declined`: nobody said yes. */
  readonly end: "rotated" | "unchanged" | "stopped" | "declined" | "nobody" | "failed" | "interrupted";
  readonly stacks: readonly StackOutcome[];
}

export interface StackOutcome extends Planned {
  readonly result: Result;
  /** Whether its file was written or its update begun. */
  readonly touched: boolean;
  /** Why it failed, or why its file could not be written. */
  readonly words: readonly string[];
  /** What its update took. */
  readonly seconds?: number;
}

const untouched = { touched: false, words: [] };

/** Whether a stack cannot be rotated as it is. */
export const isHopeless = ({ preview: { answer } }: Pick<Planned, "preview">): boolean =>
  answer === "refused" || answer === "failed";

/** Whether there is nothing to update, although the stack's file may get the password. */
const isUnchanged = (planned: Planned): boolean => !isHopeless(planned) && !planned.preview.changes;

const hasPassword = ({ result }: StackOutcome): boolean => result === "rotated" || result === "unchanged";

/**
 * Previews every stack, asks once, and updates them, one wave after another. It stops before the first update if one stack
 * cannot be rotated, and after the first wave in which one fails or has a file that was
 * changed meanwhile.
 */
export async function rotate(targets: readonly Target[], parallel: number, operations: Operations): Promise<Outcome> {
  const plan = await planAll(targets, parallel, operations);
  const before = (end: Outcome["end"]): Outcome => ({
    end,
    stacks: plan.map((planned) => ({
      ...planned,
      ...untouched,
      result: isUnchanged(planned) ? "unchanged" : "not rotated",
    })),
  });
  if (operations.interrupted()) return before("interrupted");
  const toDo = plan.filter((planned) => !isUnchanged(planned) || planned.fileChanges);
  const answer = await operations.confirm(plan);
  if (operations.interrupted()) return before("interrupted");
  if (plan.some(isHopeless)) return before("stopped");
  if (toDo.length === 0) return before("unchanged");
  if (answer !== "yes") return before(answer === "no" ? "declined" : "nobody");

  const done = new Map<Planned, StackOutcome>();
  for (const wave of new Set(targets.map((target) => target.wave))) {
    const stacks = plan.filter(({ target }) => target.wave === wave);
    const outcomes = await inParallel(parallel, stacks, (planned) => updateStack(planned, operations));
    outcomes.forEach((outcome, i) => done.set(stacks[i] as Planned, outcome));
    if (operations.interrupted() || !outcomes.every(hasPassword)) break;
  }
  const stacks = before("rotated").stacks.map((stack, i) => done.get(plan[i] as Planned) ?? stack);
  return { end: stacks.every(hasPassword) ? "rotated" : operations.interrupted() ? "interrupted" : "failed", stacks };
}

/**
 * The first stack of each account goes before the others: a password that is wrong for one is so for all, and registries lock an account
 * after a few failed logins.
 */
async function planAll(targets: readonly Target[], parallel: number, operations: Operations): Promise<Planned[]> {
  const firsts = targets.filter(({ account }, i) => targets.findIndex((other) => other.account === account) === i);
  const plan = new Map<Target, Planned>();
  const planThese = async (these: readonly Target[]) => {
    const planned = await inParallel(parallel, these, (target) => planStack(target, operations));
    for (const stack of planned) plan.set(stack.target, stack);
  };
  await planThese(firsts);
  const refused = new Map(
    [...plan.values()].filter(({ preview }) => preview.isWrongPassword).map(({ target }) => [target.account, target]),
  );
  const others = targets.filter((target) => !firsts.includes(target));
  for (const target of others) {
    const first = refused.get(target.account);
    if (first === undefined) continue;
    const words = [`not tried again, since ${first.stack} has the same account; registries lock one that fails often`];
    const preview = { answer: "refused", words, warnings: [], others: [], changes: false } as const;
    plan.set(target, { target, fileChanges: false, preview });
  }
  await planThese(others.filter((target) => !plan.has(target)));
  return targets.flatMap((target) => plan.get(target) ?? []);
}

async function planStack(target: Target, operations: Operations): Promise<Planned> {
  const failed = (words: readonly string[]): Planned => ({
    target,
    fileChanges: false,
    preview: { answer: "failed", words, warnings: [], others: [], changes: false },
  });
  if (operations.interrupted()) return failed(["interrupted"]);
  const staged = await operations.stage(target);
  if (typeof staged !== "boolean") return failed(staged);
  return { target, fileChanges: staged, preview: await operations.preview(target) };
}

async function updateStack(planned: Planned, operations: Operations): Promise<StackOutcome> {
  if (operations.interrupted()) return { ...planned, ...untouched, result: "not rotated" };
  const problem = operations.commit(planned.target);
  if (problem !== undefined) return { ...planned, result: "not rotated", touched: false, words: [problem] };
  if (isUnchanged(planned)) return { ...planned, result: "unchanged", touched: planned.fileChanges, words: [] };
  const start = performance.now();
  const words = await operations.up(planned.target);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { ...planned, result: words === undefined ? "rotated" : "failed", touched: true, words: words ?? [], seconds };
}
