import * as readline from "node:readline";
import type { Readable } from "node:stream";

/** A key at a terminal in raw mode, which hands Ctrl-C on as a character. */
const keys = { interrupt: "\x03", endOfInput: "\x04", backspace: ["\x7f", "\b"], enter: ["\r", "\n"] };

/** What a key such as an arrow sends, which is not a part of a password. */
const escapeSequence = new RegExp(`${"\x1b"}(\\[[0-9;?]*[ -/]*[@-~]|O.|.)?`, "g");

/** The person pressed Ctrl-C, or the command was told to end. */
export class Interrupted extends Error {}

/** Everything on standard input, without the one line break at its end that `echo` adds; Pulumi drops that as well. */
export async function readAll(input: Readable): Promise<string> {
  let text = "";
  for await (const chunk of input.setEncoding("utf8")) text += String(chunk);
  return text.replace(/\r?\n$/, "");
}

/**
 * Asks at the terminal for a line that is not shown.
 *
 * @throws Interrupted
 */
export function askHidden(
  question: string,
  terminal: NodeJS.ReadStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  terminal.setRawMode(true); // first, so that nothing that is typed at the question is shown
  terminal.setEncoding("utf8");
  output.write(question);
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (settle: () => void) => {
      terminal.off("data", take);
      terminal.setRawMode(false);
      terminal.pause();
      output.write("\n");
      settle();
    };
    const take = (text: string) => {
      for (const key of text.replaceAll(escapeSequence, "")) {
        if (key === keys.interrupt) return end(() => reject(new Interrupted()));
        if (keys.enter.includes(key) || key === keys.endOfInput) return end(() => resolve(typed));
        typed = keys.backspace.includes(key) ? [...typed].slice(0, -1).join("") : typed + key;
      }
    };
    terminal.on("data", take).resume();
  });
}

/**
 * Asks at the terminal for one line; no line at all is an empty one.
 *
 * @throws Interrupted
 */
export function askLine(
  question: string,
  {
    terminal,
    output,
    interrupted,
  }: {
    readonly terminal: NodeJS.ReadableStream;
    readonly output: NodeJS.WritableStream;
    readonly interrupted: AbortSignal;
  },
): Promise<string> {
  return new Promise((resolve, reject) => {
    output.write(question);
    const lines = readline.createInterface({ input: terminal, terminal: false });
    const stop = () => {
      reject(new Interrupted()); // before the end of the lines answers
      lines.close();
    };
    interrupted.addEventListener("abort", stop);
    if (interrupted.aborted) stop();
    lines.on("line", (line) => {
      resolve(line.trim());
      lines.close();
    });
    lines.on("close", () => {
      interrupted.removeEventListener("abort", stop);
      resolve("");
    });
  });
}
