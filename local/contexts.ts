import * as fs from "node:fs";
import * as path from "node:path";
import { stateDir } from "./support/paths";

/** The folder of what was deployed to a context, whose name may hold slashes (`arn:aws:eks:…:cluster/name`). */
export function folderOfContext(context: string, state = stateDir): string {
  return path.join(state, "contexts", encodeURIComponent(context));
}

/** The contexts that something was deployed to. */
export function usedContexts(state = stateDir): string[] {
  const folder = path.join(state, "contexts");
  return fs.existsSync(folder) ? fs.readdirSync(folder).map(decodeURIComponent) : [];
}
