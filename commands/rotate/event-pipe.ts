import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { eventLog } from "./engine-events";
import { UpdateSteps, type UpdateStep } from "./update-steps";

/** A named pipe that the engine writes its events into: they hold more than a file may keep, so they go through no file. */
export class EventPipe {
  /** What has the engine write into it. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  private readonly steps = new UpdateSteps();
  private readonly reader: net.Socket;
  private rest = "";

  private constructor(private readonly file: string) {
    ({ args: this.args, env: this.env } = eventLog(file));
    // For writing too, so that neither this nor the engine waits for the other.
    const { O_RDWR, O_NONBLOCK } = fs.constants;
    const fd = fs.openSync(file, O_RDWR | O_NONBLOCK);
    this.reader = new net.Socket({ fd, readable: true, writable: false });
    this.reader.setEncoding("utf8").on("data", (text) => this.read(String(text)));
  }

  /** @returns `undefined` where the system has no named pipes */
  static open(file: string): EventPipe | undefined {
    try {
      execFileSync("mkfifo", ["-m", "600", file], { stdio: "ignore" });
      return new EventPipe(file);
    } catch {
      return undefined;
    }
  }

  /** What the engine told; to be called once, when it has ended. */
  async end(): Promise<readonly UpdateStep[]> {
    // What it wrote is in the pipe already: an empty line of our own comes after all of it.
    const last = new Promise<void>((resolve) => (this.onEnd = resolve));
    // Not at once: a pipe that is full takes it only when this process has read.
    await fs.promises.writeFile(this.file, `${endMark}\n`);
    await last;
    this.reader.destroy();
    fs.rmSync(this.file, { force: true });
    return this.steps.steps;
  }

  private onEnd: () => void = () => undefined;

  private read(text: string): void {
    const lines = `${this.rest}${text}`.split("\n");
    this.rest = lines.pop() ?? "";
    const at = Date.now();
    for (const line of lines) {
      // An engine that was killed may have left half a line before it.
      if (line.endsWith(endMark)) this.onEnd();
      else this.steps.add(line, at);
    }
  }
}

const endMark = "end of the engine's events";
