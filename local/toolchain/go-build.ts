import * as fs from "node:fs";
import * as path from "node:path";
import { run, tryRun } from "../support/run";
import { step, UserMistake } from "../support/terminal";
import { isExecutable, onPath } from "./find";
import type { GoModule } from "./go-modules";
import { cached, fingerprint, toolCache } from "./tool-cache";

const sources = (module: GoModule) => path.join(__dirname, "modules", module.name);

/** Settings that would make the same command build something else; the proxy and everything else stay the user's. */
const goEnvironment = { CGO_ENABLED: "0", GOWORK: "off", GOOS: undefined, GOARCH: undefined };

/** The newest `go` line of the pinned modules. */
const [neededMajor, neededMinor] = [1, 26];

/** The Go command. A `UserMistake` when there is none, or only an older one that cannot fetch a newer toolchain. */
export async function findGo(module: GoModule): Promise<string> {
  const go = onPath("go") ?? ["/usr/local/go/bin/go"].find(isExecutable);
  const needed = `Go ${neededMajor}.${neededMinor} or newer`;
  if (go === undefined)
    throw new UserMistake(`${needed} is needed to build the local tools, and there is no go on PATH.`);
  const { stdout, stderr, code } = await tryRun(go, ["env", "GOVERSION"], { cwd: sources(module), env: goEnvironment });
  const [major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  if (code !== 0 || major !== neededMajor || minor < neededMinor)
    throw new UserMistake(`${needed} is needed to build the local tools, but ${go} says: ${(stdout || stderr).trim()}`);
  return go;
}

/**
 * The cache folder for executables of these modules. Its name carries the first one's version and a fingerprint of all that decides
 * what is built, so a changed go.mod, main.go or linker flag builds into another folder.
 */
export function toolFolder(first: GoModule, ...others: readonly GoModule[]): string {
  const parts = [first, ...others].flatMap((module) => [
    JSON.stringify([module.ldflags, module.packages]),
    ...fs
      .readdirSync(sources(module))
      .sort()
      .map((file) => fs.readFileSync(path.join(sources(module), file))),
  ]);
  const hash = fingerprint([process.platform, process.arch, ...parts]);
  return path.join(toolCache, `${first.name}-${first.version}-${hash}`);
}

let queue: Promise<unknown> = Promise.resolve();

/** One build at a time: each uses every core, and the API server's alone needs gigabytes. */
function enqueue<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work);
  queue = result.catch(() => undefined);
  return result;
}

/** Builds one executable of a module into `folder`, once. Resolves to its path. */
export function build<M extends GoModule>(
  module: M,
  executable: keyof M["packages"] & string,
  folder: string = toolFolder(module),
): Promise<string> {
  return cached(path.join(folder, executable), (temporary) =>
    enqueue(async () => {
      const go = await findGo(module);
      const duration = (module as GoModule).duration[executable] ?? "10 s";
      const what = `Building ${executable} ${module.version} from its Go module (about ${duration}, once)`;
      // -buildvcs=false: the checkout's git state says nothing about these tools, and git may refuse another owner's checkout.
      const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", module.ldflags, "-o", temporary];
      const target = (module as GoModule).packages[executable] ?? executable;
      await step(what, () => run(go, ["build", ...flags, target], { cwd: sources(module), env: goEnvironment }));
    }),
  );
}

/** Copies a script out of a module's dependency into `folder`, once; made executable. */
export function copyScript(module: GoModule, dependency: string, file: string, folder: string): Promise<string> {
  return cached(path.join(folder, path.basename(file)), async (temporary) => {
    const go = await findGo(module);
    const options = { cwd: sources(module), env: goEnvironment };
    const source = (await run(go, ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", dependency], options)).trim();
    fs.copyFileSync(path.join(source, file), temporary);
    fs.chmodSync(temporary, 0o755);
  });
}
