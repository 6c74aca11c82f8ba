import * as path from "node:path";
import { checkout } from "../../local/support/paths";
import { tryRun, type RunResult } from "../../commands/process";
import { session } from "./session";
import { succeeded, type TestStack } from "./test-stack";

/** Runs what `make repair YES=1` runs, with the environment of a person who works on the stack. */
export function tryRepair(stack: TestStack, variables: Readonly<Record<string, string>> = { YES: "1" }) {
  const { tools, env } = session();
  const command = ["--require", require.resolve("tsx/cjs"), path.join(checkout, "local", "repair.ts")];
  return tryRun(process.execPath, command, {
    cwd: checkout,
    env: {
      ...tools.env,
      ...env,
      YES: undefined,
      PULUMI_BACKEND_URL: `file://${stack.backend}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      STACK: stack.name,
      CONFIG_FILE: stack.configFile,
      NO_COLOR: "1",
      ...variables,
    },
  });
}

/** What it found, in its own words; an empty list where there was nothing to repair. */
export async function repair(stack: TestStack): Promise<readonly string[]> {
  return foundIn(succeeded(await tryRepair(stack)));
}

/** The first column of the table that it prints. */
export function foundIn(stdout: RunResult["stdout"]): readonly string[] {
  const [, ...rows] = stdout.trimEnd().split("\n");
  return rows.map((row) => row.split(/ {2,}/)[0] ?? "");
}
