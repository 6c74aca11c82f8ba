import { setTimeout as sleep } from "node:timers/promises";
import { type RunResult, tryRun } from "../../commands/process";
import { step } from "../../commands/terminal";
import { UserError } from "../../components/user-error";
import { onPath } from "./find";
import { withoutServices } from "./service-policy";

/** A program that comes from a package of the distribution. */
export interface DebianTool {
  readonly command: string;
  readonly package: string;
}

/** Packages that bring a service, which would start with the machine from now on. */
const services = ["containerd"];

/** Runs apt-get, up to a minute longer when another package manager is at work. */
async function aptGet(args: readonly string[]): Promise<RunResult> {
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  for (const end = Date.now() + 60_000; ; await sleep(2_000)) {
    const result = await tryRun("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=60", ...args], { env });
    if (result.code === 0 || !result.stderr.includes("Could not get lock") || Date.now() > end) return result;
  }
}

async function install(packages: readonly string[]): Promise<void> {
  const args = ["install", "--yes", "--no-install-recommends", ...packages];
  if ((await aptGet(args)).code === 0) return;
  await aptGet(["update"]); // a new machine has no package lists, and old lists name files that are gone
  const { code, stderr } = await aptGet(args);
  if (code === 0) return;
  const reason = stderr.trim().split("\n").slice(-3).join(" ");
  throw new UserError(`apt-get could not install ${packages.join(", ")}: ${reason}`);
}

type IsMissing = (tool: DebianTool) => Promise<boolean> | boolean;

async function missingOf(tools: readonly DebianTool[], isMissing: IsMissing): Promise<readonly DebianTool[]> {
  const missing: DebianTool[] = [];
  for (const tool of tools) if (await isMissing(tool)) missing.push(tool);
  return missing;
}

/** One sentence with all missing commands where they cannot be installed: not root, or no Debian. */
export async function whyNotInstallable(
  tools: readonly DebianTool[],
  isMissing: IsMissing,
): Promise<string | undefined> {
  return obstacleTo(await missingOf(tools, isMissing));
}

function obstacleTo(missing: readonly DebianTool[]): string | undefined {
  if (missing.length === 0) return undefined;
  const commands = missing.map((tool) => tool.command).join(", ");
  if (onPath("apt-get") === undefined)
    return `The local cluster needs these commands, and they can only be installed here by hand: ${commands}.`;
  if (process.getuid?.() === 0) return undefined;
  return `The local cluster needs ${commands}: run as root, or install ${packagesOf(missing).join(" ")} first.`;
}

const packagesOf = (tools: readonly DebianTool[]): string[] => [...new Set(tools.map((tool) => tool.package))];

/**
 * Installs the packages of the tools for which `isMissing` holds, without starting or enabling their services.
 * @throws UserError where that is not possible
 */
export async function ensureDebianTools(tools: readonly DebianTool[], isMissing: IsMissing): Promise<void> {
  const missing = await missingOf(tools, isMissing);
  if (missing.length === 0) return;
  const obstacle = obstacleTo(missing);
  if (obstacle !== undefined) throw new UserError(obstacle);
  const packages = packagesOf(missing);
  await step(`Installing the Debian packages ${packages.join(", ")}`, () => withoutServices(() => install(packages)));
  const added = services.filter((service) => packages.includes(service));
  if (added.length > 0 && onPath("systemctl") !== undefined) await tryRun("systemctl", ["disable", ...added]);
  for (const tool of await missingOf(missing, isMissing))
    throw new UserError(`${tool.command} is still missing after installing ${tool.package}.`);
}
