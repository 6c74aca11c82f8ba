import type { Context } from "mocha";
import * as semver from "semver";
import { say } from "../../commands/terminal";
import { session } from "./session";

/**
 * Skips a test of what only newer Kubernetes plugins do, and says so below its name.
 *
 * @param version the first that does it, such as `4.29`
 */
export function needsKubernetesPlugin(context: Context, version: string): void {
  const plugin = session().tools.plugins.find(({ name }) => name === "kubernetes");
  if (plugin === undefined || semver.gte(plugin.version, `${version}.0`)) return;
  setImmediate(() => say(`      needs kubernetes plugin ${version}`)); // after the reporter's line
  context.skip();
}
