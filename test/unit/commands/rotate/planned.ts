import type { Target } from "../../../../commands/rotate/targets";
import type { Planned } from "../../../../commands/rotate/rotation";
import type { StackPreview } from "../../../../commands/rotate/stack-preview";

/** Targets in waves, written as `STACKS` is. */
export function targetsOf(stacks: string): Target[] {
  return stacks.split(" ").flatMap((wave, i) =>
    wave.split(",").map((stack) => ({
      stack,
      wave: i + 1,
      file: `Pulumi.${stack}.yaml`,
      key: "registry.example.com",
      account: stack,
    })),
  );
}

/** A clean rotation's preview, with changes to it. */
export function previewOf(changes: Partial<StackPreview>): StackPreview {
  const clean = { secret: "replace", release: "update", words: [], warnings: [], others: [], changes: true };
  return { ...clean, answer: "accepted", ...changes };
}

/** A plan whose stacks have clean previews, but for those named. */
export function planned(stacks: string, previews: Readonly<Record<string, Partial<StackPreview>>>): Planned[] {
  return targetsOf(stacks).map((target) => ({
    target,
    preview: previewOf(previews[target.stack] ?? {}),
    fileChanges: true,
  }));
}
