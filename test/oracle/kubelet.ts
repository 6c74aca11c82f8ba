import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDir } from "../../local/support/paths";
import { run, tryRun } from "../../commands/process";
import type { Case } from "./cases";

/** What the kubelet's own code answers to a case: see main.go. */
export interface Answer {
  readonly fails?: "image" | "keyring";
  readonly name?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly credentials: readonly {
    readonly secret: number;
    readonly username: string;
    readonly password: string;
    readonly email: string;
  }[];
}

/** The Go version, or `undefined` without Go. */
export async function goVersion(): Promise<string | undefined> {
  try {
    const { code, stdout } = await tryRun("go", ["env", "GOVERSION"], { cwd: __dirname });
    return code === 0 ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Builds the Go program of this folder once for each state of its sources, and returns its path. */
export async function buildKubeletKeyring(go: string): Promise<string> {
  const hash = createHash("sha256").update(go);
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(fs.readFileSync(path.join(__dirname, file)));
  const folder = path.join(cacheDir, `kubelet-keyring-${hash.digest("hex").slice(0, 16)}`);
  const program = path.join(folder, "kubelet-keyring");
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await run("go", ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", unfinished, "."], {
    cwd: __dirname,
    env: { CGO_ENABLED: "0" },
  });
  fs.renameSync(unfinished, program);
  return program;
}

export async function askKubelet(program: string, cases: readonly Case[]): Promise<readonly Answer[]> {
  const output = await run(program, [], { input: cases.map((one) => `${JSON.stringify(one)}\n`).join("") });
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}
