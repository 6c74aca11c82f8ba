import { isExecutable, onPath, parseVersion, versionOutput } from "./find";
import { build, builtPath } from "./go-build";
import { cluster, pulumi } from "./go-modules";

/** Helm 3 from `PATH` (3.14 or newer; Helm 4 treats hooks and waiting differently), or one that was built before. */
export async function findHelm(): Promise<string | undefined> {
  const found = onPath("helm");
  const output = found && (await versionOutput(found, ["version", "--template", "{{.Version}}"]));
  const [major, minor] = parseVersion(output ?? "") ?? [0, 0];
  if (found !== undefined && major === 3 && minor >= 14) return found;
  const built = builtPath(pulumi, "helm");
  return isExecutable(built) ? built : undefined;
}

/** Helm as `findHelm` finds it, else built. */
export async function ensureHelm(): Promise<string> {
  return (await findHelm()) ?? build(pulumi, "helm");
}

/** Minor versions of a 1.x client that are near enough to the local cluster and to a current one of the user's. */
const kubectlMinors = { from: 34, to: 38 };

/** kubectl as built with the local cluster, else a near version from `PATH`. */
export async function findKubectl(): Promise<string | undefined> {
  const built = builtPath(cluster, "kubectl");
  if (isExecutable(built)) return built;
  const found = onPath("kubectl");
  const output = (found && (await versionOutput(found, ["version", "--client", "--output=json"]))) ?? "";
  const client = /"gitVersion":\s*"([^"]*)"/.exec(output)?.[1] ?? "";
  const [major, minor] = parseVersion(client) ?? [0, 0];
  // A dispatcher (as Google Cloud's SDK installs) starts another kubectl per server and prints about it.
  const near =
    major === 1 && minor >= kubectlMinors.from && minor <= kubectlMinors.to && !client.includes("dispatcher");
  return near ? found : undefined;
}

/** kubectl as `findKubectl` finds it, else built. */
export async function ensureKubectl(): Promise<string> {
  return (await findKubectl()) ?? build(cluster, "kubectl");
}
