import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as semver from "semver";
import { dependencies } from "../../package.json";
import { run } from "../support/run";
import { say, step } from "../support/terminal";
import { isExecutable, onPath } from "./find";
import { build } from "./go-build";
import { pulumi as pulumiModule } from "./go-modules";
import { downloadsReachable, downloadTimeout, giveUpDownloads } from "./network";
import { pluginVersion } from "./plugin-version";
import { cached, toolCache } from "./tool-cache";

/** The provider plugins that this program uses, in the versions of their SDKs. */
const wanted = [
  { name: "kubernetes", version: dependencies["@pulumi/kubernetes"] },
  { name: "random", version: dependencies["@pulumi/random"] },
] as const;

/** A provider plugin that runs. */
export interface ProviderPlugin {
  readonly name: (typeof wanted)[number]["name"];
  /** What it is, such as `4.25.0`. */
  readonly version: string;
  /** What its SDK asks for. */
  readonly sdkVersion: string;
  readonly from: "PATH" | "installed" | "Go modules";
}
type Wanted = (typeof wanted)[number];

const executable = ({ name }: Wanted) => `pulumi-resource-${name}` as const;
const folderName = ({ name, version }: Wanted) => `resource-${name}-v${version}`;

/** Folders with installed plugins: the user's own, then this toolchain's. */
function pluginFolders(): string[] {
  const homes = [process.env.PULUMI_HOME, path.join(os.homedir(), ".pulumi"), toolCache];
  return homes.flatMap((home) => (home ? [path.join(home, "plugins")] : []));
}

/** A complete installation: `.partial` beside the folder marks one that was interrupted. */
function findInstalled(plugin: Wanted): string | undefined {
  return pluginFolders()
    .map((folder) => path.join(folder, folderName(plugin)))
    .find((folder) => isExecutable(path.join(folder, executable(plugin))) && !fs.existsSync(`${folder}.partial`));
}

async function download(plugin: Wanted, pulumi: string): Promise<string | undefined> {
  if (!(await downloadsReachable())) return undefined;
  const target = path.join(toolCache, "plugins", folderName(plugin));
  try {
    return await cached(target, async (temporary) => {
      const home = `${temporary}-home`;
      const args = ["plugin", "install", "resource", plugin.name, plugin.version];
      const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
      try {
        await step(`Downloading the ${plugin.name} plugin ${plugin.version} (once)`, () =>
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
      `The ${plugin.name} plugin could not be downloaded (${error instanceof Error ? error.message : String(error)}).`,
    );
    return undefined;
  }
}

/**
 * Makes a plugin visible in a plugins folder, under the version that the SDK asks for: the engine takes no other from there. A real
 * folder with links in it, because the engine does not follow a link in place of the folder.
 */
function link(plugin: Wanted, files: readonly string[], home: string): void {
  const target = path.join(home, "plugins", folderName(plugin));
  // What is there and the same stays: another run may be using it.
  const isSame = (file: string) => fs.readlinkSync(path.join(target, path.basename(file))) === file;
  if (fs.existsSync(target) && fs.readdirSync(target).length === files.length && files.every(isSame)) return;
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  for (const file of files) fs.symlinkSync(file, path.join(target, path.basename(file)));
}

async function ensure(plugin: Wanted, pulumi: string, home: string): Promise<ProviderPlugin> {
  const { name, version: sdkVersion } = plugin;
  const found = onPath(executable(plugin));
  if (found !== undefined) return { name, version: await pluginVersion(found), sdkVersion, from: "PATH" };
  const installed = findInstalled(plugin) ?? (await download(plugin, pulumi));
  if (installed !== undefined) {
    link(
      plugin,
      fs.readdirSync(installed).map((file) => path.join(installed, file)),
      home,
    );
    return { name, version: sdkVersion, sdkVersion, from: "installed" };
  }
  link(plugin, [await build(pulumiModule, executable(plugin))], home);
  const { version } = pulumiModule.executables[executable(plugin)];
  return { name, version: version.slice(1), sdkVersion, from: "Go modules" };
}

/**
 * Makes the official provider plugins usable with `PULUMI_HOME=home`: those on `PATH` are used as they are; installed ones are linked;
 * missing ones are downloaded, or built where that is not possible.
 */
export async function ensureProviders(pulumi: string, home: string): Promise<ProviderPlugin[]> {
  const plugins: ProviderPlugin[] = [];
  for (const plugin of wanted) plugins.push(await ensure(plugin, pulumi, home));
  return plugins;
}

export const isOlderThanSdk = ({ version, sdkVersion }: ProviderPlugin) => semver.lt(version, sdkVersion);

/** Which plugins run, and where each is from: one line. An older one than its SDK is named as such. */
export function pluginsLine(plugins: readonly ProviderPlugin[]): string {
  const origins = { PATH: "from PATH", installed: "as released", "Go modules": "built from Go modules" };
  const parts = plugins.map((plugin) => {
    const older = isOlderThanSdk(plugin) ? `, older than its SDK ${plugin.sdkVersion}` : "";
    return `${plugin.name} ${plugin.version} (${origins[plugin.from]}${older})`;
  });
  return `Provider plugins: ${parts.join(", ")}.`;
}
