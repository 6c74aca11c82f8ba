import { strict as assert } from "node:assert";
import { eventually } from "./eventually";
import type { Timeline } from "../../commands/timeline";
import { failedOf, Load, type SeenCounts } from "./load";
import { fleetUrl, pullSecrets, type KubernetesObject } from "./objects";
import { RotationRecorder } from "./rotation-recording";
import { rotationTimeline } from "./rotation-timeline";
import { TestStack } from "./test-stack";

/** Requests per second of each of the two clients. */
export const rate = 50;

/** One rotation as two clients saw it: one with a new connection for each request, one that keeps ten. */
export interface LoadedRotation {
  readonly seconds: number;
  readonly new: SeenCounts;
  readonly kept: SeenCounts;
}

/** A stack with datastores of its own that is rotated while requests come in through Fleet's Service. */
export class LoadedStack {
  private passwords = 0;
  /** The last rotation of all. */
  timeline: Timeline | undefined;

  private constructor(readonly stack: TestStack) {}

  static async create(name: string, replicas: number): Promise<LoadedStack> {
    const config = { "fleet:replicas": replicas, "fleet:vulnProcessing": undefined };
    const stack = await TestStack.createWithDatastores(name, "password 0", config);
    await stack.deploy();
    return new LoadedStack(stack);
  }

  /** Whether Fleet's pods drain from now on; resolves when no pod is there that was made before. */
  async drain(on: boolean): Promise<void> {
    await this.stack.set("drain", String(on));
    await this.stack.deploy();
    await this.oldPodsAreGone();
  }

  /** Rotates the registry's password `times` in a row, under load all the time; the last one is recorded. */
  async rotate(times: number): Promise<LoadedRotation[]> {
    const url = await fleetUrl(this.stack);
    const clients = [
      Load.start({ url, rate, connections: "new" }),
      Load.start({ url, rate, connections: "kept" }),
    ] as const;
    const counts = () => Promise.all([clients[0].counts(), clients[1].counts()]);
    try {
      await counts(); // both are at it
      const rotations: LoadedRotation[] = [];
      for (let n = 0; n < times; n++) {
        const isLast = n === times - 1;
        const start = performance.now();
        const recorder = isLast ? await RotationRecorder.begin(this.stack.namespace) : undefined;
        await this.rotateOnce(recorder).catch((error: unknown) => {
          recorder?.stop();
          throw error;
        });
        // Those of the others end in the rotation that comes next; the last one is drawn, and shall show its own alone.
        if (n >= times - 2) await this.oldPodsAreGone();
        const recording = recorder?.end();
        const [fresh, kept] = await counts();
        if (recording !== undefined) this.timeline = rotationTimeline(recording, { new: fresh, kept });
        rotations.push({ seconds: (performance.now() - start) / 1000, new: fresh, kept });
      }
      return rotations;
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
    }
  }

  async remove(): Promise<void> {
    await this.stack.remove();
  }

  private async oldPodsAreGone(): Promise<void> {
    await eventually(async () => {
      const pods = await this.stack.objects<KubernetesObject>("pods");
      assert.ok(pods.every(({ metadata }) => metadata.deletionTimestamp === undefined));
    }, 60);
  }

  private async rotateOnce(recorder?: RotationRecorder): Promise<void> {
    const before = await pullSecrets(this.stack);
    const password = `password ${++this.passwords}`;
    await this.stack.accept(password);
    await this.stack.setPassword(password);
    recorder?.mark("pulumi up begins");
    await this.stack.deploy();
    recorder?.mark("pulumi up ends");
    const after = await pullSecrets(this.stack);
    assert.notDeepEqual(after, before, "nothing was rotated");
  }
}

/** Whether the load was what it has to be; else a count of no failures says nothing. */
export function assertLoad(rotations: readonly LoadedRotation[]): void {
  // In all: a request counts when it is answered, and one that waits at the end of a rotation does in the next.
  const sum = (of: (rotation: LoadedRotation) => number) =>
    rotations.reduce((total, rotation) => total + of(rotation), 0);
  const seconds = sum((rotation) => rotation.seconds);
  for (const requests of [sum(({ new: fresh }) => fresh.requests), sum(({ kept }) => kept.requests)]) {
    assert.ok(requests > 0.9 * rate * seconds, `${requests} requests in ${seconds.toFixed(1)} s`);
  }
}

/**
 * What "nearly none" of docs/rotate.md means for kept connections. A pod that stops closes all of its connections in one
 * moment, and requests leave 20 ms apart: at most one for each pod is on its way then.
 */
export function assertNearlyNoneFailed(rotations: readonly LoadedRotation[], replicas: number): void {
  const kept = rotations.map((rotation) => rotation.kept);
  const failed = kept.reduce((sum, counts) => sum + failedOf(counts), 0);
  assert.ok(failed <= replicas * rotations.length, JSON.stringify(kept));
  for (const { unanswered, failures } of kept) {
    assert.equal(unanswered, 0);
    // Not refused: no new connection goes to a pod that has stopped.
    assert.deepEqual(
      Object.keys(failures).filter((why) => !["ECONNRESET", "EPIPE"].includes(why)),
      [],
    );
  }
}
