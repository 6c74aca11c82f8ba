import type { RunResult } from "../../commands/process";
import type { TestStack } from "./test-stack";

/** `up` that the pull check is to refuse, with a deadline no longer than that takes; as before afterwards. */
export async function upToRefusal(stack: TestStack): Promise<RunResult> {
  const setDeadline = (seconds: number) => stack.edit((config) => (config["fleet:pullCheckDeadlineSeconds"] = seconds));
  setDeadline(8);
  return stack.up().finally(() => setDeadline(25));
}
