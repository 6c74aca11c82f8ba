import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to standard input, which is closed otherwise. */
  readonly input?: string;
  /** Milliseconds after which the process is killed. */
  readonly timeout?: number;
  /** A file or stream number for standard output and error instead of capturing them. */
  readonly output?: number;
  /** Starts the process in a group of its own, which a terminal's Ctrl-C does not reach. */
  readonly ownGroup?: boolean;
  /** Kills that whole group (SIGKILL) when it fires; `ownGroup` is implied. */
  readonly kill?: AbortSignal;
  readonly onStart?: (pid: number) => void;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command without a shell and captures what it prints. Resolves whatever the exit code is. */
export function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const output = options.output ?? "pipe";
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", output, output],
      timeout: options.timeout,
      killSignal: "SIGKILL",
      detached: options.ownGroup === true || options.kill !== undefined,
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    options.kill?.addEventListener("abort", () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 137, stdout, stderr }));
    child.stdin?.on("error", () => undefined); // a child that exits without reading says why on its own
    child.stdin?.end(options.input);
  });
}

/** Like `tryRun`, but a non-zero exit code is an error that carries the last lines printed. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) {
    const tail = `${result.stderr}\n${result.stdout}`.trim().split("\n").slice(-20).join("\n");
    throw new Error(`${command} ${args.slice(0, 3).join(" ")} … exited with ${result.code}:\n${tail}`);
  }
  return result.stdout;
}
