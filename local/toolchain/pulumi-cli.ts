import * as path from "node:path";
import * as fs from "node:fs";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { checkout } from "../support/paths";
import { run } from "../support/run";
import { say, step } from "../support/terminal";
import { isExecutable, onPath, parseVersion, versionOutput } from "./find";
import { build, copyScript, toolFolder } from "./go-build";
import { nodejsHost, pulumi } from "./go-modules";
import { downloadsReachable, downloadTimeout, giveUpDownloads } from "./network";
import { cached, toolCache } from "./tool-cache";

const languageHost = "pulumi-language-nodejs";

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

const officialFolder = path.join(toolCache, `pulumi-official-v${sdkVersion}-${process.platform}-${process.arch}`);
const official = path.join(officialFolder, "bin", "pulumi");

async function download(): Promise<string | undefined> {
  if (!(await downloadsReachable())) return undefined;
  try {
    await cached(officialFolder, async (temporary) => {
      const script = path.join(__dirname, "install-official-cli.ts");
      const args = ["-r", "ts-node/register/transpile-only", script, temporary];
      await step(`Downloading Pulumi v${sdkVersion} (once)`, () =>
        run(process.execPath, args, { cwd: checkout, timeout: downloadTimeout }),
      );
    });
    return official;
  } catch (error) {
    giveUpDownloads();
    say(`Pulumi could not be downloaded (${error instanceof Error ? error.message : String(error)}).`);
    return undefined;
  }
}

/** Command line and language host go into one folder: from anywhere else the engine warns that it was found on `PATH`. */
const builtFolder = () => toolFolder(pulumi, nodejsHost);

async function buildFromModules(): Promise<string> {
  const folder = builtFolder();
  const command = await build(pulumi, "pulumi", folder);
  await build(nodejsHost, languageHost, folder);
  // What the engine starts for a policy pack written in TypeScript.
  await copyScript(nodejsHost, "github.com/pulumi/pulumi/sdk/v3", "nodejs/dist/pulumi-analyzer-policy", folder);
  return command;
}

/**
 * Pulumi's command line with its Node language host: from `PATH`, else the official download, else built from Go modules.
 * One that is cached already is preferred to asking the network again.
 */
export async function ensurePulumi(): Promise<string> {
  const found = await findOnPath();
  if (found !== undefined) return found;
  if (isExecutable(official)) return official;
  if (isExecutable(path.join(builtFolder(), "pulumi"))) return buildFromModules();
  return (await download()) ?? buildFromModules();
}
