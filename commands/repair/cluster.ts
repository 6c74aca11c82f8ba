import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../components/user-error";
import { foreignLines } from "../../registry/foreign-text";
import { kubeconfigFlag } from "../kubeconfig";
import { tryRun } from "../process";
import type { Cluster, ClusterObject } from "./findings";
import type { BegunObject } from "./unrecorded";

/** Which cluster, as the stack's configuration says. */
export interface ClusterAccess {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The stack's cluster, by way of kubectl. */
export class Kubectl {
  private readonly flags: readonly string[];
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "repair-"));

  constructor(
    private readonly kubectl: string,
    { kubeconfig, context }: ClusterAccess,
  ) {
    const ofContext = context === undefined ? [] : [`--context=${context}`];
    this.flags = ["--request-timeout=20s", ...ofContext, ...kubeconfigFlag(kubeconfig, this.folder)];
  }

  /** Takes away what was written down of a kubeconfig. */
  close(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** @throws UserError where it is another cluster than the one that the state is of */
  async checkCluster(uid: string): Promise<void> {
    const asked = (await this.run(["get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}"])).trim();
    if (asked === uid) return;
    throw new UserError(
      `The cluster is ${asked}, but the stack's last update was on ${uid}; correct kubernetes:context or kubernetes:kubeconfig`,
    );
  }

  /** Everything of a namespace that is looked at, and the named objects; of Secrets nothing but their metadata. */
  async look(namespace: string, begunObjects: readonly BegunObject[]): Promise<Cluster> {
    const get = (kinds: string, output: string) =>
      this.run(["get", kinds, `--namespace=${namespace}`, `--output=${output}`]);
    const [secrets, workloads, begun] = await Promise.all([
      get("secrets", 'jsonpath={range .items[*]}{.metadata}{"\\n"}{end}'),
      get("jobs,pods,deployments,statefulsets,cronjobs", "json"),
      Promise.all(begunObjects.map(async (object) => [object, await this.find(object)] as const)),
    ]);
    return {
      namespace,
      secrets: secrets
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => ({ kind: "Secret", metadata: JSON.parse(line) as ClusterObject["metadata"] })),
      workloads: (JSON.parse(workloads) as { items: readonly ClusterObject[] }).items,
      begun: begun.flatMap(([object, live]) => (live === undefined ? [] : [[object, live] as const])),
    };
  }

  private async find({ kind, name, namespace }: BegunObject): Promise<ClusterObject | undefined> {
    const scope = namespace === undefined ? [] : [`--namespace=${namespace}`];
    const flags = [...scope, "--ignore-not-found", "--show-managed-fields", "--output=json"];
    const printed = await this.run(["get", kind.toLowerCase(), name, ...flags]);
    return printed === "" ? undefined : (JSON.parse(printed) as ClusterObject);
  }

  async delete(kind: "secret" | "job", namespace: string, name: string): Promise<void> {
    await this.run(["delete", kind, name, `--namespace=${namespace}`, "--ignore-not-found"]);
  }

  private async run(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await tryRun(this.kubectl, [...args, ...this.flags], { timeout: 60_000 });
    if (code === 0) return stdout;
    const words = foreignLines(stderr).at(-1) ?? "";
    throw new UserError(`kubectl ${args[0]}: ${words.replace(/^error: /i, "") || "it did not answer"}`);
  }
}
