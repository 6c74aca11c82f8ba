import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { passwordKey, runKubectl } from "../../local/session";
import { Stack } from "../../local/stack";
import { checkout, stateDir } from "../../local/support/paths";
import { inParallel } from "../../commands/rotate/in-parallel";
import { chart } from "./chart";
import { databasePassword, externalDatastores } from "./external-datastores";
import { session } from "./session";
import { succeeded } from "./test-stack";

/** What the engine reads of a project, and what a command of it needs beside that. */
const program = /^([-a-z]+\.[jt]s|components|node_modules|package\.json|tsconfig\.json)$/;

/** `stack-01`, `stack-02` and so on. */
export function stackNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `stack-${String(i + 1).padStart(2, "0")}`);
}

/** One project folder with its stacks' files in it and one backend, as users have it; all stacks share a database and a cache. */
export class ManyStacks {
  readonly stacks = new Map<string, Stack>();

  private constructor(
    readonly name: string,
    readonly folder: string,
    readonly names: readonly string[],
    private readonly datastores: { remove(): Promise<void> },
  ) {}

  /** Makes stacks with one replica and an account each, and deploys them, a few at a time. */
  static async create(name: string, names: readonly string[], password: string): Promise<ManyStacks> {
    const folder = path.join(stateDir, "test", name);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    for (const entry of fs.readdirSync(checkout).filter((one) => program.test(one))) {
      fs.symlinkSync(path.join(checkout, entry), path.join(folder, entry));
    }
    fs.copyFileSync(path.join(checkout, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));

    const { tools, env } = session();
    const datastores = await externalDatastores(name);
    const many = new ManyStacks(name, folder, names, datastores);
    const chartPath = path.resolve(checkout, await chart());
    await inParallel(4, names, async (one) => {
      const stack = new Stack({ name: one, folder, project: folder, tools, env, passphrase: "test" });
      many.stacks.set(one, stack);
      await many.removeNamespace(one);
      await many.accept(one, password);
      await stack.init(yaml.stringify({ config: many.configuration(one, chartPath, datastores.config) }));
      await stack.set("databasePassword", databasePassword, true);
      await stack.set(passwordKey(session().cluster.registry), password, true);
      succeeded(await stack.up());
    });
    return many;
  }

  /** The account that a stack pulls with. */
  username(stack: string): string {
    return `puller-${this.name}-${stack}`;
  }

  /** The password that the registry accepts from now on for a stack's account. */
  accept(stack: string, password: string): Promise<void> {
    return setRegistryUser(this.username(stack), password);
  }

  namespace(stack: string): string {
    return `${this.name}-${stack}`;
  }

  configFile(stack: string): string {
    return path.join(this.folder, `Pulumi.${stack}.yaml`);
  }

  /** Changes a stack's file itself. */
  edit(stack: string, change: (config: Record<string, unknown>) => void): void {
    this.stacks.get(stack)?.edit(change);
  }

  /** What Node.js runs for `make rotate`. */
  get command(): readonly string[] {
    return ["--require", require.resolve("tsx/cjs"), path.join(checkout, "commands", "rotate", "main.ts")];
  }

  /** The environment of a person who works in the folder. */
  get env(): Readonly<Record<string, string | undefined>> {
    const { tools, env } = session();
    return {
      ...process.env,
      ...tools.env,
      ...env,
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
  }

  async remove(): Promise<void> {
    await inParallel(4, this.names, async (one) => {
      await this.removeNamespace(one, "--wait=false");
      await removeRegistryUser(this.username(one));
    });
    await this.datastores.remove();
    fs.rmSync(this.folder, { recursive: true });
  }

  private async removeNamespace(stack: string, ...flags: string[]): Promise<void> {
    await runKubectl(session(), ["delete", "namespace", this.namespace(stack), "--ignore-not-found", ...flags]);
  }

  private configuration(stack: string, chartPath: string, datastores: Readonly<Record<string, unknown>>): object {
    const { registry, kubeconfig, context } = session().cluster;
    return Object.fromEntries(
      Object.entries({
        "kubernetes:kubeconfig": kubeconfig,
        "kubernetes:context": context,
        "fleet:chart": chartPath,
        "fleet:namespace": this.namespace(stack),
        "fleet:imageRepository": `${registry.server}/fleetdm/fleet`,
        "fleet:imageTag": "v4.85.0",
        "fleet:registries": { [registry.server]: { username: this.username(stack) } },
        "fleet:registryCaCertificate": fs.readFileSync(registry.caFile, "utf8"),
        "fleet:replicas": 1,
        "fleet:pullCheckDeadlineSeconds": 25,
        "fleet:releaseTimeoutSeconds": 60,
        ...datastores,
      }).filter(([, value]) => value !== undefined),
    );
  }
}
