import { UserError } from "../../components/user-error";
import type { Clients } from "../explain/clients";
import type { Pulumi } from "../rotate/pulumi";
import { failureWords } from "../rotate/failure-words";
import { isIssue } from "../../registry/issue";
import { SecretText } from "../../registry/secret-text";
import type { RunResult } from "../process";
import { configFileMistake, readProject, type Entries } from "../stack-file";
import { Kubectl } from "./cluster";
import { findLeftovers, type Finding, type Findings } from "./findings";
import type { RepairRequest } from "./request";
import { readState } from "./state";
import { withResources } from "./unrecorded";

/** One stack, its state and its cluster: what a killed run has left, and how it is taken away. */
export class Repair {
  private constructor(
    private readonly request: RepairRequest,
    private readonly pulumi: Pulumi,
    private readonly kubectl: Kubectl,
    readonly namespace: string,
  ) {}

  /** @throws UserError where Pulumi or the cluster cannot be asked, or the cluster is another one */
  static async connect(request: RepairRequest, pulumi: Pulumi, { findKubectl }: Clients): Promise<Repair> {
    const found = await findKubectl();
    if (found === undefined)
      throw new UserError(
        "There is no kubectl from 1.34 to 1.38 on PATH; install one, or build it with make toolchain",
      );
    const project = projectName();
    const mistake = configFileMistake(request.configFile);
    if (mistake !== undefined) throw new UserError([mistake]);
    const state = readState(await exportState(request, pulumi));
    const [kubeconfig, context, namespace] = await Promise.all(
      ["kubernetes:kubeconfig", "kubernetes:context", `${project}:namespace`].map((key) =>
        configured(key, request, pulumi),
      ),
    );
    const kubectl = new Kubectl(found, {
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
    });
    try {
      if (state.clusterUid !== undefined) await kubectl.checkCluster(state.clusterUid);
      return new Repair(request, pulumi, kubectl, state.release?.namespace ?? namespace ?? "fleet");
    } catch (error) {
      kubectl.close();
      throw error;
    }
  }

  close(): void {
    this.kubectl.close();
  }

  async look(): Promise<Findings> {
    const state = readState(await exportState(this.request, this.pulumi));
    return findLeftovers(state, await this.kubectl.look(this.namespace, state.begunObjects));
  }

  /** Takes one thing away. Pulumi comes first and refuses where an update runs, so that nothing is taken from under one. */
  async take(finding: Finding): Promise<void> {
    switch (finding.kind) {
      case "unrecorded":
        return this.record(finding.resources);
      case "pending operations":
        return this.clearPending();
      case "helm revision":
        return this.kubectl.delete("secret", this.namespace, finding.name);
      case "secret":
      case "job":
        return this.kubectl.delete(finding.kind, this.namespace, finding.name);
    }
  }

  /** What `refresh --import-pending-creates` is for: that one only marks the operations, and nothing carries them out (Pulumi 3.218.0). */
  private async record(resources: readonly Entries[]): Promise<void> {
    const exported = await exportState(this.request, this.pulumi);
    const args = ["stack", "import", "--stack", this.request.stack];
    this.check("pulumi stack import", await this.pulumi.run(args, new SecretText(withResources(exported, resources))));
  }

  private async clearPending(): Promise<void> {
    const args = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-outputs"];
    this.check("pulumi refresh", await this.pulumi.run([...args, "--color=never", ...where(this.request)]));
  }

  private check(command: string, result: RunResult): void {
    if (result.code === 0) return;
    const { stack } = this.request;
    const words = failureWords(result).join("\n");
    throw new UserError(
      words.includes("locked")
        ? `The state of ${stack} is locked: ${words}\nIf no update runs: pulumi cancel --stack ${stack}, and then make repair again`
        : `${command}: ${words}`,
    );
  }
}

const where = ({ stack, configFile }: RepairRequest): readonly string[] => [
  "--stack",
  stack,
  ...(configFile === undefined ? [] : ["--config-file", configFile]),
];

async function exportState({ stack }: RepairRequest, pulumi: Pulumi): Promise<string> {
  const exported = await pulumi.run(["stack", "export", "--stack", stack]);
  if (exported.code !== 0) throw new UserError(`pulumi stack export: ${failureWords(exported).join("\n")}`);
  return exported.stdout;
}

/**
 * A value of the configuration, decrypted; none where it is not set.
 *
 * @throws UserError where it cannot be read: without the stack's own, kubectl would take the cluster of the moment
 */
async function configured(key: string, request: RepairRequest, pulumi: Pulumi): Promise<string | undefined> {
  const result = await pulumi.run(["config", "get", key, ...where(request)]);
  if (result.code === 0) return result.stdout.replace(/\n$/, "") || undefined;
  const words = failureWords(result);
  if (words.some((line) => /^configuration key '.*' not found for stack /.test(line))) return undefined;
  throw new UserError(`pulumi config get ${key}: ${words.join("\n")}`);
}

function projectName(): string {
  const project = readProject(process.cwd());
  if (isIssue(project)) throw new UserError([project]);
  return project.name;
}
