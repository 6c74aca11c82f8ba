import { ensureDebianTools } from "./debian-packages";
import { onPath } from "./find";

/**
 * The path of skopeo, which copies images between registries; Debian's package is installed where it is missing.
 * @throws UserError where it is missing and cannot be installed
 */
export async function ensureSkopeo(): Promise<string> {
  const tool = { command: "skopeo", package: "skopeo" };
  await ensureDebianTools([tool], ({ command }) => onPath(command) === undefined);
  return onPath(tool.command) ?? tool.command;
}
