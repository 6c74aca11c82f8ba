/** `make toolchain`: gets everything ready and says what is used. */
import * as path from "node:path";
import { nodeKind } from "../cluster";
import { main, table } from "../support/terminal";
import { isExecutable, parseVersion, versionOutput } from "./find";
import { ensureClusterTools, ensurePulumiTools } from "./index";
import { toolCache } from "./tool-cache";

/** How a program is asked for its version, where it is not `--version`. */
const versionArguments: Readonly<Record<string, readonly string[]>> = {
  pulumi: ["version"],
  helm: ["version", "--short"],
  kubectl: ["version", "--client"],
  coredns: ["-version"],
  go: ["version"],
  ip: ["-V"],
};

async function row(name: string, file: string): Promise<string[]> {
  const args = versionArguments[path.basename(file)] ?? ["--version"];
  const output = (isExecutable(file) && (await versionOutput(file, args))) || "";
  return [name, parseVersion(output)?.join(".") ?? "–", origin(file), file];
}

function origin(file: string): string {
  if (!file.startsWith(`${toolCache}${path.sep}`)) return "this machine";
  return file.includes("pulumi-official") ? "official download" : "Go module";
}

main(async () => {
  const { kind, ...cluster } = await ensureClusterTools(nodeKind());
  const { pulumi, helm, providers } = await ensurePulumiTools();
  const files = Object.entries({ pulumi, helm, ...cluster });
  const rows = await Promise.all(files.map(([name, file]) => row(name, file)));
  console.log(table([["TOOL", "VERSION", "FROM", "PATH"], ...rows]));
  console.log(`providers: ${providers}\nnode: ${kind}`);
});
