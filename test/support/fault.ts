import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stateDir } from "../../local/support/paths";
import type { RunResult } from "../../commands/process";
import { pendingIn, type WithPending } from "./killed-up";
import { assertFleetAnswers, fleetPods, pullSecrets, type KubernetesObject } from "./objects";
import { succeeded, type TestStack } from "./test-stack";

/** One line of the table in docs/reliability.md, in the words of the run. */
export interface FaultLine {
  /** The part of the table: `Credentials`, `Registry`, … */
  readonly part: string;
  readonly fault: string;
  readonly preview: string;
  readonly up: string;
  readonly fleet: string;
  readonly repair: string;
}

export interface Recovery {
  /** Pull Secrets that a stack at rest has. @default 1 */
  readonly secrets?: number;
}

/** Where a run keeps its lines until `test/reliability.ts` makes the table of them. */
export const faultFolder = path.join(stateDir, "test", "faults");

/**
 * One fault on its way through a test: what is said, what is done to Fleet, and what it takes to go on. Every step asserts
 * what it reports; `recovered` is the last one and writes the line.
 */
export class Fault {
  private preview = "–";
  private updated = "–";
  private fleet = "–";

  private constructor(
    private readonly stack: TestStack,
    private readonly part: string,
    private readonly name: string,
    private readonly podsBefore: string,
  ) {}

  /** Begins while everything is well. */
  static async begin(stack: TestStack, part: string, name: string): Promise<Fault> {
    fs.rmSync(fileOf(part, name), { force: true });
    await assertFleetAnswers(stack);
    return new Fault(stack, part, name, await fleetPods(stack));
  }

  /** Begins where there is no Fleet yet. */
  static beginFirst(stack: TestStack, part: string, name: string): Fault {
    fs.rmSync(fileOf(part, name), { force: true });
    return new Fault(stack, part, name, "");
  }

  /** A preview that goes through; what it warns of is reported. */
  previewPasses(result: RunResult, changes: string): void {
    succeeded(result);
    this.preview = [changes, ...this.warnings(result)].join("; ");
  }

  /** A preview that is refused with a sentence, or a part of one. */
  previewRefused(result: RunResult, sentence: RegExp): void {
    this.preview = `refused: ${this.quote(result, sentence)}`;
  }

  upPasses(result: RunResult): void {
    succeeded(result);
    this.updated = "goes through";
  }

  upRefused(result: RunResult, sentence: RegExp): void {
    this.updated = `stops: ${this.quote(result, sentence)}`;
  }

  /** What happened instead of an `up` that ends by itself: `killed while …`. */
  upWas(what: string): void {
    this.updated = what;
  }

  /** Fleet answers, and its pods are those of the beginning. */
  async fleetUntouched(): Promise<void> {
    await assertFleetAnswers(this.stack);
    assert.equal(await fleetPods(this.stack), this.podsBefore);
    this.fleet = "answers, no pod replaced";
  }

  /** Fleet answers; its pods may be others. */
  async fleetAnswers(how = "answers"): Promise<void> {
    await assertFleetAnswers(this.stack);
    this.fleet = how;
  }

  /**
   * The next good `up` goes through and leaves nothing behind but what `options` names: no pending operation, one Secret for each registry, no other
   * Job than the pull check, an empty preview. `by` says what was put right before it, `stack` commands it took.
   */
  async recovered(by: string, options: Recovery & { readonly up?: readonly string[] } = {}): Promise<void> {
    await this.stack.deploy(...(options.up ?? []));
    await assertRecovered(this.stack, options);
    const { part, name: fault, preview, updated, fleet } = this;
    const line: FaultLine = { part, fault, preview, up: updated, fleet, repair: by };
    fs.mkdirSync(faultFolder, { recursive: true });
    fs.writeFileSync(fileOf(part, fault), JSON.stringify(line));
  }

  private warnings({ stdout, stderr }: RunResult): string[] {
    const texts = [...`${stdout}\n${stderr}`.matchAll(/warning: (.*)/g)].map(([, text = ""]) => text);
    return [...new Set(texts)].map((text) => `warning: ${this.readable(text)}`);
  }

  private quote(result: RunResult, sentence: RegExp): string {
    const text = `${result.stdout}\n${result.stderr}`;
    assert.notEqual(result.code, 0, `it succeeded\n${text}`);
    const [found] = sentence.exec(text) ?? [];
    assert.ok(found, `${sentence} is not in\n${text}`);
    return `“${this.readable(found)}”`;
  }

  /** What differs from run to run, as a reader knows it: names, and the two ways in which Helm says that its time is up. */
  private readable(text: string): string {
    return text
      .replaceAll(/\b\d+(\.\d+){3}:\d+\b/g, "registry.example.com")
      .replaceAll(this.stack.username, "fleet-puller")
      .replaceAll(this.stack.namespace, "fleet")
      .replaceAll(/-[0-9a-f]{8}\b/g, "-…")
      .replaceAll("context deadline exceeded", "timed out waiting for the condition")
      .replaceAll(/\s+/g, " ")
      .trim();
  }
}

const fileOf = (part: string, fault: string) =>
  path.join(faultFolder, `${`${part} ${fault}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.json`);

/** Fleet answers, state and namespace hold nothing but what an undisturbed rotation leaves, and a preview is empty. */
export async function assertRecovered(stack: TestStack, { secrets = 1 }: Recovery = {}): Promise<void> {
  await assertFleetAnswers(stack);
  const state = JSON.parse(await stack.pulumi(["stack", "export", "--stack", stack.name])) as {
    deployment: WithPending & { resources: { urn: string; delete?: boolean }[] };
  };
  assert.deepEqual(pendingIn(state.deployment), []);
  assert.deepEqual(
    state.deployment.resources.filter((resource) => resource.delete === true).map(({ urn }) => urn),
    [],
  );
  assert.equal((await pullSecrets(stack)).length, secrets);
  // Kubernetes collects the Job of a Secret that is gone a moment later.
  for (let tries = 0; tries < 50 && (await ownJobs(stack)).length !== 1; tries++) await sleep(200);
  assert.deepEqual(await ownJobs(stack), ["image-pull-check"]);
  assert.deepEqual(await stack.plan(), []);
}

/** The components of the Jobs that no CronJob started. */
async function ownJobs(stack: TestStack): Promise<(string | undefined)[]> {
  const jobs = await stack.objects<KubernetesObject & { metadata: { ownerReferences?: { kind: string }[] } }>("jobs");
  const own = jobs.filter(({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === "CronJob"));
  return own.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"]);
}
