import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as local from "../../local/cluster";
import { placesOf, type Places } from "../../local/cluster/places";
import { run } from "../../commands/process";
import { ensureClusterTools, type ClusterTools } from "../../local/toolchain";

/** A cluster of a test's own, beside the one that other tests share. */
export class OwnCluster {
  /** Removed with the cluster. */
  readonly place: string;
  readonly folder: string;
  readonly places: Places;
  private tools: ClusterTools | undefined;
  private running: local.Cluster | undefined;

  /**
   * @param prefix how the path of `place` begins
   * @param checkout the folder in there that the state lies in
   */
  constructor(
    private readonly node: local.NodeKind,
    prefix = path.join(os.tmpdir(), `${node}-cluster-`),
    checkout = "checkout",
  ) {
    // Made only by `prepare`: tests that are skipped may lie where this user can make nothing.
    this.place = `${prefix}${randomBytes(4).toString("hex")}`;
    this.folder = path.join(this.place, checkout, "state");
    this.places = placesOf(this.folder);
  }

  async prepare(change = (tools: ClusterTools): ClusterTools => tools): Promise<void> {
    mkdirSync(this.place);
    this.tools = change(await ensureClusterTools(this.node));
  }

  /** What a start needs, which a process of its own may be given. */
  get preparedTools(): ClusterTools {
    return this.tools ?? assert.fail("not prepared");
  }

  /** As the last start left it. */
  get cluster(): local.Cluster {
    return this.running ?? assert.fail("not started");
  }

  async start(): Promise<local.Cluster> {
    this.running = await local.startCluster(this.preparedTools, this.folder);
    return this.running;
  }

  /** Brings up the very cluster that the last start left. */
  async startAgain(): Promise<void> {
    const before = this.cluster;
    assert.deepEqual(await this.start(), before);
  }

  /** Two starts at once make one cluster; another start finds it, in no time. */
  async startOnce(): Promise<void> {
    const both = await Promise.all([this.start(), this.start()]);
    assert.deepEqual(both[0], both[1]);
    const begin = performance.now();
    assert.deepEqual(await this.start(), both[0]);
    assert.ok(performance.now() - begin < 1000);
    assert.deepEqual(await this.found(), both[0]);
  }

  /** What is found running, if it is whole. */
  found(): Promise<local.Cluster | undefined> {
    return local.runningCluster(this.folder);
  }

  /** Words that are separated by blanks. */
  kubectl(args: string, input?: string): Promise<string> {
    const fixed = [
      "--kubeconfig",
      this.cluster.kubeconfig,
      "--cache-dir",
      path.join(this.places.folder, "kubectl-cache"),
    ];
    return run(this.preparedTools.kubectl, [...fixed, ...args.split(" ")], { input });
  }

  stop(): Promise<void> {
    return local.stopCluster(this.folder);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.place, { recursive: true, force: true });
  }
}
