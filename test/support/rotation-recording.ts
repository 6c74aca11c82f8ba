import { strict as assert } from "node:assert";
import { spawn, type ChildProcess } from "node:child_process";
import { clusterFlags } from "../../local/session";
import { eventually } from "./eventually";
import { session } from "./session";

/** What the API server told of one object at one moment. */
export interface Observation {
  /** Milliseconds since the epoch, when it arrived here. */
  readonly at: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: ObservedObject;
}

/** The parts of an object that are looked at. */
export interface ObservedObject {
  readonly kind: string;
  /** Of a Secret. */
  readonly type?: string;
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface RotationRecording {
  readonly start: number;
  readonly end: number;
  readonly marks: readonly { readonly at: number; readonly text: string }[];
  readonly observations: readonly Observation[];
}

const kinds = ["secrets", "jobs", "pods"] as const;

/** Listens to the API server while a namespace's Secrets, Jobs and pods change. */
export class RotationRecorder {
  private readonly observations: Observation[] = [];
  private readonly marks: { at: number; text: string }[] = [];
  private readonly watches: readonly ChildProcess[];
  private start = 0;

  private constructor(namespace: string) {
    this.watches = kinds.map((kind) => this.watch(kind, namespace));
  }

  /** Resolves when it knows what is there. */
  static async begin(namespace: string): Promise<RotationRecorder> {
    const recorder = new RotationRecorder(namespace);
    await eventually(() => {
      const seen = new Set(recorder.observations.map(({ object }) => object.kind));
      assert.equal(seen.size, kinds.length, [...seen].join());
      return Promise.resolve();
    }, 20).catch((error: unknown) => {
      recorder.stop();
      throw error;
    });
    recorder.start = Date.now();
    return recorder;
  }

  mark(text: string): void {
    this.marks.push({ at: Date.now(), text });
  }

  end(): RotationRecording {
    this.stop();
    const { start, marks, observations } = this;
    return { start, end: Date.now(), marks, observations };
  }

  stop(): void {
    for (const watch of this.watches) watch.kill();
  }

  private watch(kind: string, namespace: string): ChildProcess {
    const { tools, env } = session();
    const args = ["get", kind, "--watch", "--output-watch-events", "--output=json", `--namespace=${namespace}`];
    const child = spawn(tools.kubectl, [...clusterFlags(session()), ...args], {
      env: { ...process.env, ...tools.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const events = `${rest}${text}`.split("\n"); // one a line
      rest = events.pop() ?? "";
      const at = Date.now();
      this.observations.push(...events.map((one) => ({ at, ...(JSON.parse(one) as Omit<Observation, "at">) })));
    });
    return child;
  }
}
