import * as fs from "node:fs";
import * as path from "node:path";
import { isExecutable, onPath, parseVersion, versionOutput } from "./find";
import { build, copyScript, toolFolder } from "./go-build";
import { nodejsHost, pulumi } from "./go-modules";
import { findObtained, isToBuild, obtain } from "./obtain";

const languageHost = "pulumi-language-nodejs";

/** The language host of YAML programs: beside the command line or on `PATH`, else built. Only the tests run such a program. */
export async function ensureYamlHost(cli: string): Promise<string> {
  const name = "pulumi-language-yaml";
  const beside = path.join(path.dirname(fs.realpathSync(cli)), name);
  return (isExecutable(beside) ? beside : onPath(name)) ?? (await build(pulumi, name));
}

/** The oldest version 3 this program was run with. */
const oldestMinor = 200;

/** The command line on `PATH`, if it is recent enough and its Node language host is beside it or on `PATH` too. */
async function findOnPath(): Promise<string | undefined> {
  const found = onPath("pulumi");
  if (found === undefined) return undefined;
  const beside = isExecutable(path.join(path.dirname(fs.realpathSync(found)), languageHost));
  if (!beside && onPath(languageHost) === undefined) return undefined;
  const [major, minor] = parseVersion((await versionOutput(found, ["version"])) ?? "") ?? [0, 0];
  return major === 3 && minor >= oldestMinor ? found : undefined;
}

/** What a command line built from Go modules needs beside it: the host, and what the engine starts for a policy pack in TypeScript. */
const hostPrograms = ["nodejs-host", languageHost];
const policyScript = "nodejs/dist/pulumi-analyzer-policy";

/** Whether `ensurePulumi` has to build anything. */
export async function isPulumiToBuild(): Promise<boolean> {
  if ((await findOnPath()) !== undefined) return false;
  const folder = toolFolder(pulumi, nodejsHost);
  if (findObtained("pulumi", pulumi, folder)?.from !== "Go modules") return isToBuild("pulumi", pulumi, folder);
  // A run that was killed may have built the first of them alone.
  return ![...hostPrograms, path.basename(policyScript)].every((name) => isExecutable(path.join(folder, name)));
}

/**
 * Pulumi's command line with its Node language host: from `PATH`, else the official download, else built from Go modules.
 * Both go into one folder: from anywhere else the engine warns that it was found on `PATH`.
 */
export async function ensurePulumi(): Promise<string> {
  const found = await findOnPath();
  if (found !== undefined) return found;
  const folder = toolFolder(pulumi, nodejsHost);
  const { file, from } = await obtain("pulumi", pulumi, folder);
  if (from === "download") return file;
  for (const program of hostPrograms) await build(nodejsHost, program, folder);
  await copyScript(nodejsHost, "github.com/pulumi/pulumi/sdk/v3", policyScript, folder);
  return file;
}
