import { spawn } from "node:child_process";

export interface PulumiResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the `pulumi` of the person's PATH, with their environment: backend, login and passphrase are theirs.
 *
 * The command line is used, and not the Automation API: that one hands a value to `pulumi config set` as an argument, and
 * has the engine write its event log, with the data of every Secret in it, to a file (CLI 3.200.0, SDK 3.270.0).
 */
export class Pulumi {
  private readonly running = new Set<number>();

  constructor(private readonly folder: string) {}

  /** @param input written to standard input, which is closed otherwise */
  run(args: readonly string[], input?: string, env: Readonly<Record<string, string>> = {}): Promise<PulumiResult> {
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", [...args, "--non-interactive"], {
        cwd: this.folder,
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
        stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
        // In a group of its own, so that Ctrl-C reaches it once, by `interrupt`: a second time, it gives up at once.
        detached: true,
      });
      const { pid } = child;
      if (pid !== undefined) this.running.add(pid);
      let stdout = "";
      let stderr = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (code) => {
        if (pid !== undefined) this.running.delete(pid);
        resolve({ code: code ?? 137, stdout, stderr });
      });
      child.stdin?.on("error", () => undefined); // a child that exits without reading says why on its own
      child.stdin?.end(input);
    });
  }

  /**
   * Tells every run to end what it is doing and no more; Pulumi then leaves its state in order.
   *
   * @returns whether there was any
   */
  interrupt(): boolean {
    const any = this.running.size > 0;
    for (const pid of this.running) {
      try {
        process.kill(pid, "SIGINT");
      } catch {
        // it has ended in between
      }
    }
    return any;
  }
}
