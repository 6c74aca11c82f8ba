import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { kubectl, passwordKey, tryKubectl } from "../../local/session";
import { Stack } from "../../local/stack";
import { stateDir } from "../../local/support/paths";
import type { RunResult } from "../../commands/process";
import { chart } from "./chart";
import { databasePassword, externalDatastores, type ServerTls } from "./external-datastores";
import { session } from "./session";

/** When the CronJob of a test's stack runs by itself. */
export const onceAYear = "0 0 1 1 *";

/** A stack of its own for one test: namespace, registry account, configuration and state. */
export class TestStack extends Stack {
  /** The account that the stack pulls with. */
  readonly username: string;
  private rotations = 0;
  private datastores: { remove(): Promise<void> } | undefined;

  private constructor(
    readonly name: string,
    readonly namespace: string,
    folder: string,
  ) {
    super({ name, folder, tools: session().tools, env: session().env, passphrase: "test" });
    this.username = `puller-${name}`;
  }

  /** Makes the stack with a good password and one replica; `config` is added to or replaces what is there. */
  static async create(
    name: string,
    password: string,
    config: Readonly<Record<string, unknown>> = {},
  ): Promise<TestStack> {
    const folder = path.join(stateDir, "test", name);
    fs.rmSync(folder, { recursive: true, force: true });
    const stack = new TestStack(name, `test-${name}`, folder);
    await stack.removeNamespace();
    const { server } = session().cluster.registry;
    const base: Record<string, unknown> = {
      "kubernetes:kubeconfig": session().cluster.kubeconfig,
      "kubernetes:context": session().cluster.context,
      "fleet:chart": await chart(),
      "fleet:namespace": stack.namespace,
      "fleet:imageRepository": `${server}/fleetdm/fleet`,
      "fleet:imageTag": "v4.85.0",
      "fleet:mysqlImage": `${server}/library/mysql:8.4.6`,
      "fleet:valkeyImage": `${server}/valkey/valkey:8.1.4`,
      "fleet:registries": { [server]: { username: stack.username } },
      "fleet:replicas": 1,
      // A test takes its stack away again.
      "fleet:protect": false,
      // Most tests are about what happens behind this check.
      "fleet:registryCheck": "off",
      // A test starts its runs itself.
      "fleet:vulnProcessing": { dedicated: true, schedule: onceAYear },
      "fleet:pullCheckDeadlineSeconds": 25,
      "fleet:releaseTimeoutSeconds": 60,
    };
    const merged = Object.fromEntries(
      Object.entries({ ...base, ...config }).filter(([, value]) => value !== undefined),
    );
    await stack.init(yaml.stringify({ config: merged }));
    await stack.accept(password);
    if (merged["fleet:registries"] !== undefined) await stack.setPassword(password);
    return stack;
  }

  /** The same with a MySQL and a Valkey of its own, without which no Fleet answers all through a rotation. */
  static async createWithDatastores(
    name: string,
    password: string,
    config: Readonly<Record<string, unknown>> = {},
    tls?: ServerTls,
  ): Promise<TestStack> {
    const datastores = await externalDatastores(name, tls);
    const stack = await TestStack.create(name, password, { ...datastores.config, ...config });
    stack.datastores = datastores;
    await stack.set("databasePassword", databasePassword, true);
    return stack;
  }

  /** The password that the stack's configuration has. */
  async setPassword(password: string): Promise<void> {
    await this.set(passwordKey(session().cluster.registry), password, true);
  }

  /** `up` with a wrong password, which takes no longer than its refusal. The deadline of the check is as before afterwards. */
  async upWithWrongPassword(...args: string[]): Promise<RunResult> {
    const setDeadline = (seconds: unknown) =>
      this.edit((config) => (config["fleet:pullCheckDeadlineSeconds"] = seconds));
    await this.setPassword("wrong");
    setDeadline(12);
    return this.up(...args).finally(() => setDeadline(25));
  }

  /** The password that the registry accepts from now on. */
  accept(password: string): Promise<void> {
    return setRegistryUser(this.username, password);
  }

  /** A password that the registry accepts from now on, and no other, in the configuration. */
  async rotate(): Promise<void> {
    const password = `good ${++this.rotations}`;
    await this.accept(password);
    await this.setPassword(password);
  }

  /** `up`, which must succeed. */
  async deploy(...args: string[]): Promise<string> {
    return succeeded(await this.up(...args));
  }

  /** The types and operations of a preview, `+-` for a replacement; unchanged resources are left out. */
  async plan(...args: string[]): Promise<string[]> {
    const { steps } = JSON.parse(succeeded(await this.preview("--json", ...args))) as {
      steps: { op: string; urn: string }[];
    };
    const changes = steps.filter(({ op }) => !["same", "read", "refresh"].includes(op));
    // A replacement comes as three steps; the one that stands for it is enough.
    return changes
      .filter(({ op }) => !["create-replacement", "delete-replaced"].includes(op))
      .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ").split("$").pop()}`)
      .sort();
  }

  /** Objects of the namespace. */
  async objects<T>(kinds: string, ...args: string[]): Promise<T[]> {
    return (await kubectl<{ items: T[] }>(session(), ["get", kinds, "--namespace", this.namespace, ...args])).items;
  }

  /** Takes away its namespace and the datastores that it brought; nobody waits until the last pod has ended. */
  async remove(): Promise<void> {
    await this.removeNamespace("--wait=false");
    await removeRegistryUser(this.username);
    await this.datastores?.remove();
  }

  kubectl(args: readonly string[], input?: string): Promise<RunResult> {
    return tryKubectl(session(), ["--namespace", this.namespace, ...args], input);
  }

  private async removeNamespace(...flags: string[]): Promise<void> {
    succeeded(await this.kubectl(["delete", "namespace", this.namespace, "--ignore-not-found", ...flags]));
  }
}

/** What a command printed; a non-zero exit code fails the test with it. */
export function succeeded({ code, stdout, stderr }: RunResult): string {
  assert.equal(code, 0, `exit code ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

/** What a command printed that had to fail. */
export function failed({ code, stdout, stderr }: RunResult): string {
  assert.notEqual(code, 0, `it succeeded\n${stdout}\n${stderr}`);
  return `${stdout}\n${stderr}`;
}
