import { UserError } from "../../components/user-error";
import type { SecretText } from "../../registry/secret-text";
import { tryRun, type RunResult } from "../process";

/**
 * Runs the `pulumi` of the person's PATH, with their environment: backend, login and passphrase are theirs.
 *
 * The command line is used, and not the Automation API: that one hands a value to `pulumi config set` as an argument, and
 * has the engine write its event log, with the data of every Secret in it, to a file (CLI 3.200.0, SDK 3.270.0).
 */
export class Pulumi {
  private readonly running = new Set<number>();

  constructor(private readonly folder: string) {}

  /**
   * @param input written to standard input, which is closed otherwise
   * @throws UserError where there is no pulumi
   */
  async run(
    args: readonly string[],
    input?: SecretText,
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunResult> {
    let started = NaN;
    try {
      return await tryRun("pulumi", [...args, "--non-interactive"], {
        cwd: this.folder,
        env: { PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
        ...(input !== undefined && { input: input.reveal() }),
        // So that Ctrl-C reaches it once, by `interrupt`: a second time, it gives up at once.
        ownGroup: true,
        onStart: (pid) => this.running.add((started = pid)),
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      const fix = "install the Pulumi command line: docs/first-deploy.md";
      throw new UserError([{ code: "no-tool", sentence: "There is no pulumi on PATH", fix }]);
    } finally {
      this.running.delete(started);
    }
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
