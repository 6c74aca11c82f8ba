import { UserError } from "../components/user-error";
import { inKeys, type StackConfig } from "../config/load";
import { ask, type Answers } from "./ask";
import { contextWarnings } from "./kube-context";
import { warn } from "./report";

export type Preflight = Omit<Answers, "errors" | "warnings">;

/**
 * Asks for a stack, and shows the warnings: what fails here changed nothing.
 *
 * @throws UserError with all that must not go on, in keys of the configuration
 */
export async function preflight(config: StackConfig): Promise<Preflight> {
  // Before the cluster is asked: the wrong one may well be away.
  await warn(contextWarnings(config.cluster, config.clusterUid));
  const { errors, warnings, ...found } = await ask(config);
  await warn(warnings);
  if (errors.length > 0) throw new UserError(inKeys(errors));
  return found;
}
