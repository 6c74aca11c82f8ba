import * as fs from "node:fs";
import * as path from "node:path";
import { filesBelow } from "./leak-places";
import { writtenForms } from "./leaks";
import { descendants, readNow } from "./processes";

/** The variable in which Pulumi's language host hands a program its configuration, decrypted; Pulumi's own way. */
const pulumis = "PULUMI_CONFIG";

/** Larger files are images of a registry, or logs that stay: the search of them would take the time of many looks. */
const largest = 2 ** 20;

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
  /** What lay in the shared folders before. */
  private others = new Set<string>();

  constructor(
    secrets: readonly string[],
    private readonly folders: readonly string[],
    /** Folders that others use too: only what is new in them is looked at. */
    private readonly shared: readonly string[] = [],
  ) {
    this.forms = secrets.flatMap((secret) => [...writtenForms(secret)]);
  }

  /** Watches a process and all that it starts; without one, the folders alone. */
  start(pid?: number): void {
    this.others = new Set(this.entriesOfShared());
    this.timer = setInterval(() => {
      if (pid !== undefined) for (const one of [pid, ...descendants(pid)]) this.lookAtProcess(one);
      for (const folder of this.folders) this.lookAtFiles(folder);
      for (const entry of this.entriesOfShared()) if (!this.others.has(entry)) this.lookAtFiles(entry);
    }, 100).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private entriesOfShared(): string[] {
    return this.shared.flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)));
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
      const { size = 0, mtimeMs } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
      if (size < largest && !this.isKnown(`${file} ${size} ${mtimeMs}`)) this.look(path.basename(file), readNow(file));
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
