import * as fs from "node:fs";
import * as path from "node:path";
import { formsOf } from "./leaks";
import { descendants, readNow } from "./processes";

/** The variable in which Pulumi's language host hands a program its configuration, decrypted; Pulumi's own way. */
const pulumis = "PULUMI_CONFIG";

/**
 * Looks many times a second for secrets where they could stand for a moment only: command lines and environments of
 * whatever a process started, and files in folders.
 */
export class SecretWatch {
  /** Where one was found, as `place: form`. */
  readonly found = new Set<string>();
  /** How many environments held one in `PULUMI_CONFIG`: shows that the watch sees what it is meant to see. */
  seenInConfig = 0;
  /** Processes by number and command line, files by path, size and time: each is looked at once. */
  private readonly known = new Set<string>();
  private readonly forms: readonly (readonly [string, string])[];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    secrets: readonly string[],
    private readonly folders: readonly string[],
  ) {
    this.forms = secrets.flatMap((secret) => [...formsOf(secret)]);
  }

  start(pid: number): void {
    this.timer = setInterval(() => {
      for (const one of [pid, ...descendants(pid)]) this.lookAtProcess(one);
      for (const folder of this.folders) this.lookAtFiles(folder);
    }, 100);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private lookAtProcess(pid: number): void {
    const commandLine = readNow(`/proc/${pid}/cmdline`);
    if (this.isKnown(`${pid} ${commandLine}`)) return;
    const name = readNow(`/proc/${pid}/comm`).trim();
    this.look(`command line of ${name}`, commandLine);
    const variables = readNow(`/proc/${pid}/environ`).split("\0");
    const others = variables.filter((variable) => !variable.startsWith(`${pulumis}=`));
    this.look(`environment of ${name}`, others.join("\n"));
    const config = variables.find((variable) => variable.startsWith(`${pulumis}=`)) ?? "";
    if (this.forms.some(([, form]) => config.includes(form))) this.seenInConfig++;
  }

  private lookAtFiles(folder: string): void {
    for (const file of filesBelow(folder)) {
      const { size, mtimeMs } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
      if (!this.isKnown(`${file} ${size} ${mtimeMs}`)) this.look(path.basename(file), readNow(file));
    }
  }

  private isKnown(what: string): boolean {
    if (this.known.has(what)) return true;
    this.known.add(what);
    return false;
  }

  private look(place: string, text: string): void {
    for (const [name, form] of this.forms) if (text.includes(form)) this.found.add(`${place}: ${name}`);
  }
}

function filesBelow(folder: string): string[] {
  try {
    const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    return []; // something went while it was listed
  }
}
