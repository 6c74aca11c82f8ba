import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import * as yaml from "yaml";
import { checkout, stateDir } from "./support/paths";
import { run, tryRun, type RunOptions, type RunResult } from "../commands/process";
import type { PulumiTools } from "./toolchain";

/** The passphrase of the sandbox stack `dev`; docs/one-machine.md names it too. Nothing but the local cluster's registry depends on it. */
export const sandboxPassphrase = "fleet";

export interface StackOptions {
  /** The stack's name. */
  readonly name: string;
  /** The folder that the stack's configuration, state backend and credentials file are kept in; made if missing. */
  readonly folder: string;
  readonly tools: PulumiTools;
  /** Added to the environment of every Pulumi call. */
  readonly env?: Readonly<Record<string, string>>;
  readonly passphrase?: string;
  /** The project's folder. @default this checkout */
  readonly project?: string;
}

/** A stack of this program with its own configuration file and state outside the checkout's own files. */
export class Stack {
  readonly configFile: string;
  readonly backend: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly project: string;

  constructor(private readonly options: StackOptions) {
    this.configFile = path.join(options.folder, `Pulumi.${options.name}.yaml`);
    this.backend = path.join(options.folder, "state");
    this.project = options.project ?? checkout;
    const temporary = path.join(stateDir, "tmp");
    for (const folder of [this.backend, temporary]) fs.mkdirSync(folder, { recursive: true });
    this.env = {
      ...options.tools.env,
      ...options.env,
      // What Pulumi, its plugins and tsx leave in the folder for temporary files goes with everything else.
      TMPDIR: temporary,
      // Else each file has an `.attrs` beside it that is not written in one step: a kill in between, and no command
      // can read the state any more ("failed to load checkpoint: EOF").
      PULUMI_BACKEND_URL: `${pathToFileURL(this.backend).href}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: options.passphrase ?? sandboxPassphrase,
    };
  }

  /** Makes the stack unless there is one, with the configuration of a file as it is. */
  async init(configuration?: string): Promise<void> {
    if (configuration !== undefined) fs.writeFileSync(this.configFile, configuration);
    // `stack init` has no --config-file, and writes a salt beside the Pulumi.yaml that it finds: let that be a copy.
    const { folder, name } = this.options;
    fs.copyFileSync(path.join(this.project, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    const { code } = await this.tryPulumi(["stack", "select", name], { cwd: folder });
    if (code !== 0) await this.pulumi(["stack", "init", name, "--no-select"], { cwd: folder });
  }

  /** Sets one value; `path` is a path such as `registries["ghcr.io"].username`. Secrets go through standard input. */
  async set(key: string, value: string, secret = false): Promise<void> {
    const flags = secret ? ["--secret"] : ["--plaintext"];
    await this.pulumi(["config", "set", "--path", key, ...flags, ...this.where], { input: value });
  }

  /** Changes the file itself: for lists, maps and whatever `pulumi config set` cannot say. */
  edit(change: (config: Record<string, unknown>) => void): void {
    const document = yaml.parse(fs.readFileSync(this.configFile, "utf8")) as { config?: Record<string, unknown> };
    document.config ??= {};
    change(document.config);
    fs.writeFileSync(this.configFile, yaml.stringify(document));
  }

  /** Lets go of the lock that a run that was killed has left. */
  async unlock(): Promise<void> {
    await this.tryPulumi(["cancel", "--yes", "--stack", this.options.name]);
  }

  async get(key: string): Promise<string> {
    return (await this.pulumi(["config", "get", "--path", key, ...this.where])).trim();
  }

  preview(...args: string[]): Promise<RunResult> {
    return this.tryPulumi(["preview", "--color=never", ...this.where, ...args]);
  }

  up(...args: string[]): Promise<RunResult> {
    return this.tryPulumi(["up", "--yes", "--skip-preview", "--color=never", ...this.where, ...args]);
  }

  destroy(...args: string[]): Promise<RunResult> {
    return this.tryPulumi(["destroy", "--yes", "--skip-preview", "--color=never", ...this.where, ...args]);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.pulumi(["stack", "output", "--json", "--stack", this.options.name])) as Record<
      string,
      unknown
    >;
  }

  /** Runs any Pulumi command in the project; resolves whatever the exit code is. */
  tryPulumi(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return tryRun(this.options.tools.pulumi, [...args, "--non-interactive"], this.with(options));
  }

  pulumi(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return run(this.options.tools.pulumi, [...args, "--non-interactive"], this.with(options));
  }

  /** The flags that name this stack and its configuration file. */
  get where(): string[] {
    return ["--stack", this.options.name, "--config-file", this.configFile];
  }

  private with(options: RunOptions): RunOptions {
    return { cwd: this.project, ...options, env: { ...this.env, ...options.env } };
  }
}
