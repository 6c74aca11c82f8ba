import type { NodeKind } from "../cluster";
import { UserError } from "../../components/user-error";
import { clusterPrograms, isMissing, machineTools } from "./cluster-tools";
import { whyNotInstallable } from "./debian-packages";
import { findGo } from "./go-build";
import { cluster } from "./go-modules";
import { isToBuild } from "./obtain";
import { pluginsToBuild } from "./provider-plugins";
import { isPulumiToBuild } from "./pulumi-cli";
import { areSmallProgramsToBuild } from "./small-programs";

const checked = new Map<NodeKind, Promise<void>>();

/**
 * Looks whether this machine has, or can be given, what a node of a kind and Pulumi need, before anything is built: in well under a
 * second, but where Go is lacking and a download's host neither answers nor refuses. Once per process.
 * @throws UserError one sentence with all that is missing
 */
export function requireMachineTools(kind: NodeKind): Promise<void> {
  const check = checked.get(kind) ?? lookForMachineTools(kind);
  checked.set(kind, check);
  return check;
}

async function lookForMachineTools(kind: NodeKind): Promise<void> {
  const problems = (
    await Promise.all([whyNotBuildable(kind), whyNotInstallable(machineTools[kind], isMissing)])
  ).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new UserError(`${problems.map((one) => one.replace(/\.$/, "")).join("; ")}.`);
}

/** Where Go is there, no host is asked whether it would be needed at all. */
async function whyNotBuildable(kind: NodeKind): Promise<string | undefined> {
  if ((await whyNoGo()) === undefined) return undefined;
  const programs = await toBuild(kind);
  return programs.length === 0 ? undefined : whyNoGo(`what cannot be downloaded here (${programs.join(", ")})`);
}

async function whyNoGo(what?: string): Promise<string | undefined> {
  try {
    await findGo(what);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** What is neither on this machine nor can be downloaded to it. All hosts are asked at once. */
async function toBuild(kind: NodeKind): Promise<string[]> {
  const asked: (readonly [name: string, isToBuild: boolean | Promise<boolean>])[] = [
    ...clusterPrograms[kind].map((name) => [name, isToBuild(name, cluster)] as const),
    ["pulumi", isPulumiToBuild()],
    ...pluginsToBuild(),
    ["the small images", kind === "real" && areSmallProgramsToBuild()],
  ];
  const answers = await Promise.all(asked.map(async ([name, answer]) => ({ name, isToBuild: await answer })));
  return answers.filter((one) => one.isToBuild).map(({ name }) => name);
}
