/** `make toolchain`: gets everything ready and says what is used. */
import * as path from "node:path";
import { nodeKind } from "../cluster";
import { requireOwnState } from "../own-state";
import { main, table } from "../../commands/terminal";
import { isExecutable, parseVersion, versionOutput } from "./find";
import { ensureClusterTools, ensurePulumiTools, pluginsLine, requireMachineTools } from "./index";
import { ensureHelm } from "./kubernetes-clients";
import { toolCache } from "./tool-cache";

/** How a program is asked for its version, where it is not `--version`. */
const versionArguments: Readonly<Record<string, readonly string[]>> = {
  pulumi: ["version"],
  helm: ["version", "--short"],
  kubectl: ["version", "--client"],
  coredns: ["-version"],
  ip: ["-V"],
};

async function row(name: string, file: string): Promise<string[]> {
  const args = versionArguments[path.basename(file)] ?? ["--version"];
  const output = (isExecutable(file) && (await versionOutput(file, args))) || "";
  return [name, parseVersion(output)?.join(".") ?? "–", origin(file), file];
}

function origin(file: string): string {
  if (!file.startsWith(`${toolCache}${path.sep}`)) return "this machine";
  return file.startsWith(path.join(toolCache, "official")) ? "official download" : "Go modules";
}

main(async () => {
  requireOwnState();
  await requireMachineTools(nodeKind());
  const { kind, ...cluster } = await ensureClusterTools(nodeKind());
  const { pulumi, plugins } = await ensurePulumiTools();
  const helm = await ensureHelm();
  const files = Object.entries({ pulumi, helm, ...cluster });
  const rows = await Promise.all(files.map(([name, file]) => row(name, file)));
  console.log(table([["TOOL", "VERSION", "FROM", "PATH"], ...rows]));
  console.log(`${pluginsLine(plugins)}\nNode: ${kind}.`);
});
