import { onPath, parseVersion, versionOutput } from "./find";
import { cluster, pulumi } from "./go-modules";
import { findObtained, obtain } from "./obtain";

/** Helm 3 from `PATH` (3.14 or newer; Helm 4 treats hooks and waiting differently), or one that was obtained before. */
export async function findHelm(): Promise<string | undefined> {
  const found = onPath("helm");
  const output = found && (await versionOutput(found, ["version", "--template", "{{.Version}}"]));
  const [major, minor] = parseVersion(output ?? "") ?? [0, 0];
  if (found !== undefined && major === 3 && minor >= 14) return found;
  return findObtained("helm", pulumi)?.file;
}

/** Helm as `findHelm` finds it, else downloaded or built. */
export async function ensureHelm(): Promise<string> {
  return (await findHelm()) ?? (await obtain("helm", pulumi)).file;
}

/** Minor versions of a 1.x client that are near enough to the local cluster and to a current one of the user's. */
const kubectlMinors = { from: 34, to: 38 };

/** kubectl as obtained with the local cluster, else a near version from `PATH`. */
export async function findKubectl(): Promise<string | undefined> {
  const obtained = findObtained("kubectl", cluster);
  if (obtained !== undefined) return obtained.file;
  const found = onPath("kubectl");
  const output = (found && (await versionOutput(found, ["version", "--client", "--output=json"]))) ?? "";
  const client = /"gitVersion":\s*"([^"]*)"/.exec(output)?.[1] ?? "";
  const [major, minor] = parseVersion(client) ?? [0, 0];
  // A dispatcher (as Google Cloud's SDK installs) starts another kubectl per server and prints about it.
  const near =
    major === 1 && minor >= kubectlMinors.from && minor <= kubectlMinors.to && !client.includes("dispatcher");
  return near ? found : undefined;
}

/** kubectl as `findKubectl` finds it, else downloaded or built. */
export async function ensureKubectl(): Promise<string> {
  return (await findKubectl()) ?? (await obtain("kubectl", cluster)).file;
}
