import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { SecretText } from "../../registry/secret-text";
import { replaceFile } from "../replace-file";
import type { Target } from "./targets";
import type { Pulumi } from "./pulumi";
import { failureWords } from "./failure-words";

interface Staged {
  /** The file that previews read: the copy with the new password, or the stack's own where it has that already. */
  readonly configFile: string;
  /** What the stack's file held when it was copied. */
  readonly original: Buffer;
}

/**
 * Copies of the stacks' files, with the new password in them, encrypted. Previews read the copies, so that no file of the
 * project is changed before the person has agreed, whatever ends the command.
 */
export class Staging {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "rotate-"));
  private readonly staged = new Map<Target, Staged>();

  constructor(private readonly pulumi: Pulumi) {}

  /**
   * A username that is the password too, encrypted, is changed with it.
   *
   * @returns whether the stack's file is to be changed, or why the password could not be set
   */
  async stage(target: Target, password: SecretText): Promise<boolean | readonly string[]> {
    const original = fs.readFileSync(target.file);
    const settings = [`registryPasswords[${JSON.stringify(target.key)}]`];
    const command = (how: "get" | "set", setting: string, file: string) => [
      ...["config", how, ...(how === "set" ? ["--secret"] : [])],
      ...["--path", setting, "--stack", target.stack, "--config-file", file],
    ];
    const get = (setting: string) => this.pulumi.run(command("get", setting, target.file));
    // Encrypted once more, the same password would be other text: a file that has it stays as it is.
    const known = await get(settings[0] ?? "");
    if (known.code === 0 && known.stdout === `${password.reveal()}\n`) {
      this.staged.set(target, { configFile: target.file, original });
      return false;
    }
    if (known.code === 0 && target.hasSecretUsername === true) {
      const setting = `registries[${JSON.stringify(target.key)}].username`;
      const username = await get(setting);
      if (username.code === 0 && username.stdout === known.stdout) settings.push(setting);
    }
    const folder = path.join(this.folder, String(this.staged.size));
    const configFile = path.join(folder, path.basename(target.file));
    this.staged.set(target, { configFile, original });
    fs.mkdirSync(folder);
    fs.writeFileSync(configFile, original);
    for (const setting of settings) {
      const set = await this.pulumi.run(command("set", setting, configFile), password);
      if (set.code !== 0) return failureWords(set);
    }
    return true;
  }

  configFile(target: Target): string {
    return this.staged.get(target)?.configFile ?? target.file;
  }

  /** Where the program records what it tells in the preview of a stack. */
  issuesFile({ stack }: Target): string {
    return path.join(this.folder, `${stack.replaceAll("/", "-")}.issues`);
  }

  /** Where the engine tells of the update of a stack. */
  eventPipe({ stack }: Target): string {
    return path.join(this.folder, `${stack.replaceAll("/", "-")}.events`);
  }

  /**
   * Gives the stack its new file, if it is still the one that was previewed.
   *
   * @returns why it could not
   */
  commit(target: Target): string | undefined {
    const { configFile, original } = this.staged.get(target) ?? {};
    if (configFile === undefined) return undefined;
    const now = fs.existsSync(target.file) ? fs.readFileSync(target.file) : undefined;
    if (original === undefined || now?.equals(original) !== true) {
      return `${path.basename(target.file)} was changed by someone else meanwhile; run make rotate again`;
    }
    if (configFile === target.file) return undefined;
    try {
      replaceFile(target.file, fs.readFileSync(configFile));
      return undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return `${path.basename(target.file)} could not be written (${code ?? message}); let this user write it and its folder, then run make rotate again`;
    }
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
