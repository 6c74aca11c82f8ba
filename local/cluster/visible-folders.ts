import { readlinkSync } from "node:fs";
import * as path from "node:path";

import { UserError } from "../../components/user-error";
import { dataFolders } from "./places";

/** Folders that init.sh covers with private ones. */
const covered = ["/run", "/tmp", "/var"];

/** What Kubernetes clears out: a folder of this machine that the node shows there would lose its files. */
const cleared = [
  "/run/containerd",
  "/tmp/hostpath_pv",
  "/var/log/pods",
  ...dataFolders.map((name) => `/var/lib/${name}`),
];

const isBelow = (file: string, folder: string) => file.startsWith(`${folder}/`);

/**
 * Those paths which the node has to bring back into its own /run, /tmp and /var, so that each of `folders` is found in it as it is
 * outside: also where a symbolic link leads there, or lies there. In the order in which they can be made.
 * @param folders absolute paths
 * @throws UserError for a folder that cannot be in both places
 */
export function hiddenFolders(folders: readonly string[]): string[] {
  const own = [...new Set(covered.flatMap(stations))];
  const paths = [...new Set(folders.flatMap(stations))];
  for (const file of paths) {
    if (own.includes(file) || cleared.some((folder) => file === folder || isBelow(file, folder)))
      throw new UserError(
        `The local cluster's node has a ${file} of its own: move the checkout or tools that lie in it to another folder.`,
      );
  }
  return paths.filter((file) => own.some((folder) => isBelow(file, folder)));
}

/** Where the symbolic links of a path lead, the last one first, and then the path itself: each can be made once those before it are there. */
function stations(file: string): string[] {
  const names = file.split("/");
  for (let count = 2; count <= names.length; count++) {
    const parent = names.slice(0, count - 1).join("/") || "/";
    const target = linkTarget(path.join(parent, names[count - 1] ?? ""));
    if (target !== undefined) return [...stations(path.resolve(parent, target, ...names.slice(count))), file];
  }
  return [file];
}

function linkTarget(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined; // no link, or not there yet
  }
}
