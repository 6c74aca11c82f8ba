import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as semver from "semver";
import { dependencies } from "../../package.json";
import { isExecutable, onPath } from "./find";
import { pulumi } from "./go-modules";
import { isToBuild, obtain, type Obtained } from "./obtain";
import { pluginVersion } from "./plugin-version";

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
  readonly from: "PATH" | "installed" | Obtained["from"];
}
type Wanted = (typeof wanted)[number];

const executable = ({ name }: Wanted) => `pulumi-resource-${name}` as const;
const folderName = ({ name, version }: Wanted) => `resource-${name}-v${version}`;

/** Folders with the plugins that the user has installed. */
function pluginFolders(): string[] {
  const homes = [process.env.PULUMI_HOME, path.join(os.homedir(), ".pulumi")];
  return homes.flatMap((home) => (home ? [path.join(home, "plugins")] : []));
}

/** A complete installation: `.partial` beside the folder marks one that was interrupted. */
function findInstalled(plugin: Wanted): string | undefined {
  return pluginFolders()
    .map((folder) => path.join(folder, folderName(plugin)))
    .find((folder) => isExecutable(path.join(folder, executable(plugin))) && !fs.existsSync(`${folder}.partial`));
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

async function ensure(plugin: Wanted, home: string): Promise<ProviderPlugin> {
  const { name, version: sdkVersion } = plugin;
  const program = executable(plugin);
  const onSearchPath = onPath(program);
  if (onSearchPath !== undefined) return { name, version: await pluginVersion(onSearchPath), sdkVersion, from: "PATH" };
  const installed = findInstalled(plugin);
  if (installed !== undefined) {
    const files = fs.readdirSync(installed).map((file) => path.join(installed, file));
    link(plugin, files, home);
    return { name, version: sdkVersion, sdkVersion, from: "installed" };
  }
  const { file, from } = await obtain(program, pulumi);
  link(plugin, [file], home);
  const version = from === "download" ? sdkVersion : pulumi.executables[program].version.slice(1);
  return { name, version, sdkVersion, from };
}

/** For each plugin, by the name of its program, whether `ensureProviders` has to build it. */
export function pluginsToBuild(): (readonly [program: string, isToBuild: Promise<boolean>])[] {
  return wanted.map((plugin) => {
    const program = executable(plugin);
    const isThere = onPath(program) !== undefined || findInstalled(plugin) !== undefined;
    return [program, isThere ? Promise.resolve(false) : isToBuild(program, pulumi)];
  });
}

/**
 * Makes the official provider plugins usable with `PULUMI_HOME=home`: those on `PATH` are used as they are; others, as they are
 * installed, downloaded or built, are linked there.
 */
export async function ensureProviders(home: string): Promise<ProviderPlugin[]> {
  const plugins: ProviderPlugin[] = [];
  for (const plugin of wanted) plugins.push(await ensure(plugin, home));
  return plugins;
}

export const isOlderThanSdk = ({ version, sdkVersion }: ProviderPlugin) => semver.lt(version, sdkVersion);

/** Which plugins run, and where each is from: one line. An older one than its SDK is named as such. */
export function pluginsLine(plugins: readonly ProviderPlugin[]): string {
  const origins = {
    PATH: "from PATH",
    installed: "installed",
    download: "downloaded",
    "Go modules": "built from Go modules",
  };
  const parts = plugins.map((plugin) => {
    const older = isOlderThanSdk(plugin) ? `, older than its SDK ${plugin.sdkVersion}` : "";
    return `${plugin.name} ${plugin.version} (${origins[plugin.from]}${older})`;
  });
  return `Provider plugins: ${parts.join(", ")}.`;
}
