import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { dependencies } from "../../package.json";
import { run } from "../support/run";
import { say, step } from "../support/terminal";
import { isExecutable, onPath } from "./find";
import { downloadsReachable, downloadTimeout, giveUpDownloads } from "./network";
import { cached, toolCache } from "./tool-cache";

/** The provider plugins this program uses, in the versions of their SDKs. */
const plugins = [
  { name: "kubernetes", version: `v${dependencies["@pulumi/kubernetes"]}` },
  { name: "random", version: `v${dependencies["@pulumi/random"]}` },
];
type Plugin = (typeof plugins)[number];

const executable = (plugin: Plugin) => `pulumi-resource-${plugin.name}`;
const folderName = (plugin: Plugin) => `resource-${plugin.name}-${plugin.version}`;

/** Folders with installed plugins: the user's own, then this toolchain's. */
function pluginFolders(): string[] {
  const homes = [process.env.PULUMI_HOME, path.join(os.homedir(), ".pulumi"), toolCache];
  return homes.flatMap((home) => (home ? [path.join(home, "plugins")] : []));
}

/** A complete installation: `.partial` beside the folder marks one that was interrupted. */
function findInstalled(plugin: Plugin): string | undefined {
  return pluginFolders()
    .map((folder) => path.join(folder, folderName(plugin)))
    .find((folder) => isExecutable(path.join(folder, executable(plugin))) && !fs.existsSync(`${folder}.partial`));
}

async function download(plugin: Plugin, pulumi: string): Promise<string | undefined> {
  if (!(await downloadsReachable())) return undefined;
  const target = path.join(toolCache, "plugins", folderName(plugin));
  try {
    return await cached(target, async (temporary) => {
      const home = `${temporary}-home`;
      const args = ["plugin", "install", "resource", plugin.name, plugin.version];
      const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
      try {
        await step(`Downloading the ${plugin.name} provider ${plugin.version} (once)`, () =>
          run(pulumi, args, { env, timeout: downloadTimeout }),
        );
        fs.renameSync(path.join(home, "plugins", folderName(plugin)), temporary);
      } finally {
        fs.rmSync(home, { recursive: true, force: true });
      }
    });
  } catch (error) {
    giveUpDownloads();
    say(
      `The ${plugin.name} provider could not be downloaded (${error instanceof Error ? error.message : String(error)}).`,
    );
    return undefined;
  }
}

/**
 * Makes an installed plugin visible in another plugins folder. A real folder with links in it, because the engine does
 * not follow a link in place of the folder. What is visible already stays: another run may be using it.
 */
function link(plugin: Plugin, installed: string, home: string): void {
  const target = path.join(home, "plugins", folderName(plugin));
  if (isExecutable(path.join(target, executable(plugin)))) return;
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  for (const name of fs.readdirSync(installed)) fs.symlinkSync(path.join(installed, name), path.join(target, name));
}

/**
 * Makes the official provider plugins usable with `PULUMI_HOME=home`: those on `PATH` are used as they are; installed
 * ones are linked; missing ones are downloaded where the network allows.
 *
 * @returns `stand-in` when one of them cannot be had.
 */
export async function ensureProviders(pulumi: string, home: string): Promise<"official" | "stand-in"> {
  for (const plugin of plugins) {
    if (onPath(executable(plugin)) !== undefined) continue;
    const installed = findInstalled(plugin) ?? (await download(plugin, pulumi));
    if (installed === undefined) return "stand-in";
    link(plugin, installed, home);
  }
  return "official";
}
