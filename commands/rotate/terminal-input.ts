import * as readline from "node:readline";
import { addAbortSignal, Writable, type Readable } from "node:stream";
import { SecretText } from "../../registry/secret-text";

/** The person pressed Ctrl-C, or the command was told to end. */
export class Interrupted extends Error {}

/**
 * Everything on standard input, without the one line break at its end that `echo` adds; Pulumi drops that as well.
 *
 * @throws Interrupted
 */
export async function readAll(input: Readable, interrupted: AbortSignal): Promise<SecretText> {
  let text = "";
  try {
    // Closes the input when it fires: that may have nothing to say for long.
    for await (const chunk of addAbortSignal(interrupted, input).setEncoding("utf8")) text += String(chunk);
  } catch (error) {
    throw interrupted.aborted ? new Interrupted() : error;
  }
  return new SecretText(text.replace(/\r?\n$/, ""));
}

/** A terminal, and what ends the question there. */
export interface Asking {
  readonly terminal: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly interrupted: AbortSignal;
}

/**
 * Asks for a line that is not shown. Node's own line editor reads it, into an output that goes nowhere; on a terminal of type
 * `dumb` it edits nothing, and a password with a backspace in it is refused later for that control character.
 *
 * @throws Interrupted
 */
export async function askHidden(question: string, { terminal, output, interrupted }: Asking): Promise<SecretText> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // In raw mode from here on, before the question, so that nothing that is typed at it is shown.
  const lines = readline.createInterface({ input: terminal, output: nowhere, terminal: true, historySize: 0 });
  output.write(question);
  try {
    return new SecretText(await oneLine(lines, interrupted));
  } finally {
    output.write("\n");
  }
}

/**
 * Asks for one line; no line at all is an empty one.
 *
 * @throws Interrupted
 */
export async function askLine(question: string, { terminal, output, interrupted }: Asking): Promise<string> {
  output.write(question);
  return (await oneLine(readline.createInterface({ input: terminal, terminal: false }), interrupted)).trim();
}

function oneLine(lines: readline.Interface, interrupted: AbortSignal): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const stop = () => {
      reject(new Interrupted()); // before the end of the lines answers
      lines.close();
    };
    interrupted.addEventListener("abort", stop);
    lines.once("SIGINT", stop); // Ctrl-C, which raw mode hands on as a character
    lines.on("SIGTSTP", () => undefined); // Ctrl-Z: Node would stop itself alone, and make would wait for it without an end
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
    });
    lines.once("close", () => {
      interrupted.removeEventListener("abort", stop);
      resolve("");
    });
    if (interrupted.aborted) stop();
  });
}
