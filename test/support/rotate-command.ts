import { spawn } from "node:child_process";
import type { RunResult } from "../../commands/process";
import type { ManyStacks } from "./many-stacks";
import type { SecretWatch } from "./secret-watch";

/** Runs what `make rotate` runs, in a project's folder, and keeps everything that it printed. */
export class RotateCommand {
  /** By run. */
  readonly printed = new Map<string, string>();

  constructor(
    private readonly many: ManyStacks,
    /** Sees what every run starts. */
    private readonly watch: SecretWatch,
    /** For every run. */
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** The password comes from standard input; `during` sees what is printed to standard error. */
  run(
    variables: Readonly<Record<string, string>>,
    password: string,
    during: (stderr: string, pid: number) => void = () => undefined,
  ): Promise<RunResult> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, this.many.command, this.options(variables));
      if (child.pid !== undefined) this.watch.start(child.pid);
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        during(stderr, child.pid ?? 0);
      });
      child.stdin.end(password);
      child.on("close", (code) => {
        this.keep(`${stdout}\n${stderr}`);
        resolve({ code: code ?? 137, stdout, stderr });
      });
    });
  }

  /** Runs it at a terminal of its own (`script`, of util-linux), where each question gets its answer once. */
  runAtTerminal(
    variables: Readonly<Record<string, string>>,
    answers: readonly (readonly [question: string, answer: string])[],
  ): Promise<{ readonly code: number; readonly screen: string; readonly answered: number }> {
    return new Promise((resolve) => {
      const command = [process.execPath, ...this.many.command].map((one) => `'${one}'`).join(" ");
      const args = ["--quiet", "--return", "--flush", "--command", command, "/dev/null"];
      const child = spawn("script", args, this.options(variables));
      if (child.pid !== undefined) this.watch.start(child.pid);
      let screen = "";
      let read = 0;
      let answered = 0;
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        screen += text;
        const [question, answer] = answers[answered] ?? [];
        if (question === undefined || !screen.slice(read).includes(question)) return;
        read = screen.length;
        answered++;
        child.stdin.write(answer);
      });
      child.on("close", (code) => {
        this.keep(screen);
        resolve({ code: code ?? 137, screen, answered });
      });
    });
  }

  private options(variables: Readonly<Record<string, string>>) {
    return { cwd: this.many.folder, env: { ...this.many.env, ...this.variables, ...variables } };
  }

  private keep(text: string): void {
    this.watch.stop();
    this.printed.set(`run ${this.printed.size}`, text);
  }
}
