import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import * as path from "node:path";

import { checkout } from "../support/paths";
import { say } from "../support/terminal";

/** Stand-in providers that run. */
export interface StandIns {
  /** What `pulumi` needs in its environment to use them. */
  readonly env: { readonly PULUMI_DEBUG_PROVIDERS: string };
  readonly pid: number;
  /** Ends them. Runs that still use them fail. */
  stop(): Promise<void>;
}

export interface StandInArgs {
  /** Path of the local cluster's kubeconfig. Every other cluster is refused. */
  readonly kubeconfig: string;
  /** The providers' whole environment: a `PATH` with `helm` on it, and Helm's homes. */
  readonly env: Readonly<Record<string, string>>;
  /** File that gets what the process prints. @default nowhere */
  readonly logFile?: string;
}

/**
 * Starts the stand-in `kubernetes` and `random` providers for one local cluster, in one process on two free loopback
 * ports, and says so in one line. They end when this process ends. One process serves any number of runs and stacks.
 * Relative chart paths and `KUBECONFIG` are those of the `pulumi` process that attaches.
 * @throws when the process cannot start, with what it printed
 */
export async function startStandIns(args: StandInArgs): Promise<StandIns> {
  const log = args.logFile === undefined ? undefined : openSync(args.logFile, "a", 0o600);
  const server = path.join(__dirname, "server.ts");
  const transpile = path.join(checkout, "node_modules", "ts-node", "register", "transpile-only");
  const child = spawn(process.execPath, ["-r", transpile, server, "--kubeconfig", args.kubeconfig], {
    // Its own folder as the project: only there, ts-node finds this checkout's settings from anywhere.
    env: { ...args.env, TS_NODE_PROJECT: path.join(checkout, "tsconfig.json") },
    stdio: ["pipe", "pipe", log ?? "pipe"],
    detached: true, // an interrupt at the terminal reaches pulumi first, which still needs its providers to clean up
  });
  if (log !== undefined) closeSync(log);
  let printed = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (printed = (printed + text).slice(-4_000)));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));

  const ports = await new Promise<{ kubernetes: number; random: number }>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").once("data", (line: string) => resolve(JSON.parse(line) as typeof ports));
    child.on("error", reject);
    void ended.then(() => reject(new Error(`the stand-in providers did not start: ${printed.trim()}`)));
  });
  const pid = child.pid ?? 0;
  say(
    "! the official Pulumi plugins cannot be had here: stand-in kubernetes and random providers serve this local cluster",
  );
  // They must not keep this process from ending: its end closes their standard input, which ends them.
  const handles = [child, ...[child.stdin, child.stdout, child.stderr].filter((stream) => stream instanceof Socket)];
  for (const handle of handles) handle.unref();
  return {
    env: { PULUMI_DEBUG_PROVIDERS: `kubernetes:${ports.kubernetes},random:${ports.random}` },
    pid,
    stop: () => {
      for (const handle of handles) handle.ref(); // or Node would end before they have
      child.kill("SIGTERM");
      return ended;
    },
  };
}
