import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../commands/process";
import { isExecutable } from "./find";
import { findGo } from "./go-build";
import { cached, fingerprint, toolCache } from "./tool-cache";

const source = path.resolve(__dirname, "..", "images");

/** The versions of Fleet that the small program of `local/images` plays. */
export const smallVersions = ["v4.85.0", "v4.86.0"] as const;
export type SmallVersion = (typeof smallVersions)[number];

/** What the program is made of. */
export function smallSources(): Buffer[] {
  const names = fs.readdirSync(source).filter((name) => /\.go$|^go\.mod$/.test(name));
  return names.sort().map((name) => fs.readFileSync(path.join(source, name)));
}

const builtPath = (version: SmallVersion) =>
  path.join(toolCache, `images-${fingerprint([process.arch, ...smallSources()])}`, version);

export const areSmallProgramsToBuild = (): boolean => !smallVersions.map(builtPath).every(isExecutable);

/** Builds the program of the small images in a version, once. Resolves to its path. */
export function buildSmallProgram(version: SmallVersion): Promise<string> {
  return cached(builtPath(version), async (temporary) => {
    const go = await findGo("the small images");
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w -X main.version=${version}`];
    await run(go, ["build", ...flags, "-o", temporary, "."], { cwd: source, env: { CGO_ENABLED: "0", GOFLAGS: "" } });
  });
}
