import * as fs from "node:fs";
import * as path from "node:path";
import { run, tryRun } from "../../commands/process";
import { step } from "../../commands/terminal";
import { UserError } from "../../components/user-error";
import { isExecutable, onPath } from "./find";
import type { Executable, GoModule } from "./go-modules";
import { cached, fingerprint, toolCache } from "./tool-cache";

const sources = (module: GoModule) => path.join(__dirname, "modules", module.name);

/** Settings that would make the same command build something else; the proxy and everything else stay the user's. */
const goEnvironment = { CGO_ENABLED: "0", GOWORK: "off", GOOS: undefined, GOARCH: undefined };

/** The newest `go` line of the pinned modules. */
const [neededMajor, neededMinor] = [1, 26];

/**
 * The Go command. A `UserError` when there is none, or only an older one that cannot fetch a newer toolchain.
 * @param what it is needed to build
 */
export async function findGo(what = "the local tools"): Promise<string> {
  const go = onPath("go") ?? ["/usr/local/go/bin/go"].find(isExecutable);
  const needed = `Go ${neededMajor}.${neededMinor} or newer`;
  if (go === undefined) throw new UserError(`${needed} is needed to build ${what}, and there is no go on PATH.`);
  const cwd = path.join(__dirname, "modules", "cluster");
  const { stdout, stderr, code } = await tryRun(go, ["env", "GOVERSION"], { cwd, env: goEnvironment });
  const [major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  if (code !== 0 || major !== neededMajor || minor < neededMinor)
    throw new UserError(`${needed} is needed to build ${what}, but ${go} says: ${(stdout || stderr).trim()}`);
  return go;
}

/**
 * The cache folder for the executables of these modules. Its name carries a fingerprint of all that decides what is built, so a changed
 * go.mod, main.go or linker flag builds into another folder.
 */
export function toolFolder(first: GoModule, ...others: readonly GoModule[]): string {
  const parts = [first, ...others].flatMap((module) => [JSON.stringify(module), ...filesOf(module)]);
  return path.join(toolCache, `${first.name}-${fingerprint([process.platform, process.arch, ...parts])}`);
}

function filesOf(module: GoModule): Buffer[] {
  const names = fs.readdirSync(sources(module), { recursive: true, encoding: "utf8" }).sort();
  const files = names.map((name) => path.join(sources(module), name)).filter((file) => fs.statSync(file).isFile());
  return files.map((file) => fs.readFileSync(file));
}

let queue: Promise<unknown> = Promise.resolve();

/** One build at a time: each uses every core, and the API server's alone needs gigabytes. */
function enqueue<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work);
  queue = result.catch(() => undefined);
  return result;
}

/** The executable of a module that is a program of this name. */
function executableOf(module: GoModule, program: string): [name: string, Executable] {
  const found = Object.entries(module.executables).find(([name, { programs }]) =>
    (programs ?? [name]).includes(program),
  );
  if (found === undefined) throw new Error(`The Go module ${module.name} has no ${program}.`);
  return found;
}

/** Where a program of a module is built to. */
export const builtPath = (module: GoModule, program: string, folder = toolFolder(module)) => path.join(folder, program);

/** Builds one program of a module, once. Resolves to its path. */
export async function build(module: GoModule, program: string, folder = toolFolder(module)): Promise<string> {
  const [name, executable] = executableOf(module, program);
  const built = await cached(path.join(folder, name), (temporary) =>
    enqueue(() => compile(module, name, executable, temporary)),
  );
  if (name === program) return built;
  return cached(path.join(folder, program), (temporary) => fs.promises.symlink(name, temporary));
}

async function compile(module: GoModule, name: string, executable: Executable, target: string): Promise<void> {
  const go = await findGo();
  const { version, variables = {}, unoptimised, programs, duration } = executable;
  const settings = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  const folder = fs.mkdtempSync(`${target}-`);
  try {
    const overlay = await embedded(go, module, executable, folder);
    // -buildvcs=false: the checkout's git state says nothing about these tools, and git may refuse another owner's checkout.
    const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", ["-s -w", ...settings].join(" ")];
    // What a debugger needs, the linker would leave out: not made, it saves a seventh of the time. Nothing inlined saves a fifth of the
    // rest, and these programs run as fast. Go's own library is as everybody's, so that the small images need not compile it again.
    flags.push("-gcflags=all=-dwarf=false -l", "-gcflags=std=");
    if (unoptimised !== undefined) flags.push(`-gcflags=${unoptimised}=-dwarf=false -N -l`);
    if (overlay !== undefined) flags.push("-overlay", overlay);
    const what = `Building ${(programs ?? [name]).join(", ")} ${version} from Go modules (about ${duration}, once)`;
    await step(what, () =>
      run(go, ["build", ...flags, "-o", target, executable.package], { cwd: sources(module), env: goEnvironment }),
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Lays the files that a package embeds over its folder: without blanks, and with the version in the one that is a schema. */
async function embedded(
  go: string,
  module: GoModule,
  { embeds, package: target, version }: Executable,
  folder: string,
): Promise<string | undefined> {
  if (embeds === undefined) return undefined;
  const source = await list(go, module, ["-f", "{{.Dir}}", "-e", embeds.from]);
  const replaced = embeds.files.map((file) => {
    const content = JSON.parse(fs.readFileSync(path.join(source, file), "utf8")) as object;
    const made = path.join(folder, file);
    fs.writeFileSync(made, JSON.stringify("resources" in content ? { ...content, version } : content));
    return [path.join(sources(module), target, file), made];
  });
  const overlay = path.join(folder, "overlay.json");
  fs.writeFileSync(overlay, JSON.stringify({ Replace: Object.fromEntries(replaced) as unknown }));
  return overlay;
}

async function list(go: string, module: GoModule, args: readonly string[]): Promise<string> {
  const options = { cwd: sources(module), env: goEnvironment };
  return (await run(go, ["list", "-mod=readonly", ...args], options)).trim();
}

/** Copies a script out of a module's dependency into `folder`, once; made executable. */
export function copyScript(module: GoModule, dependency: string, file: string, folder: string): Promise<string> {
  return cached(path.join(folder, path.basename(file)), async (temporary) => {
    const source = await list(await findGo(), module, ["-m", "-f", "{{.Dir}}", dependency]);
    fs.copyFileSync(path.join(source, file), temporary);
    fs.chmodSync(temporary, 0o755);
  });
}
