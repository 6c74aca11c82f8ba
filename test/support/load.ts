import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { inNodeNetwork } from "../../local/cluster";
import type { TimelineColumn } from "../../commands/timeline";

/** What a client saw since it was asked before. */
export interface Counts {
  /** Requests whose first try ended, well or not. */
  readonly requests: number;
  /** First tries that failed, by why: `ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT` (after 5 s), `HTTP 500`, … */
  readonly failures: Readonly<Record<string, number>>;
  /** Requests that failed and went on failing when they were tried again every 250 ms, 8 times. */
  readonly unanswered: number;
  /** Of the first tries. */
  readonly slowestMs: number;
}

/** The same with when: requests by the moment that they were sent at, in spans of `columnMs`. */
export interface SeenCounts extends Counts {
  readonly columns: readonly TimelineColumn[];
}

/** How long a span of `SeenCounts.columns` is. */
export const columnMs = 500;

export interface LoadOptions {
  readonly url: string;
  /** Requests per second. */
  readonly rate: number;
  /** `new`: a connection for each request; `kept`: ten connections that stay open, in turn. */
  readonly connections: "new" | "kept";
}

/** A client in the node's network, where Services have their addresses. */
export class Load {
  private constructor(private readonly client: ChildProcess) {}

  static start({ url, rate, connections }: LoadOptions): Load {
    const [execPath = "", ...enter] = inNodeNetwork();
    const client = fork(path.join(__dirname, "load-client.ts"), [url, String(rate), connections, String(columnMs)], {
      execPath,
      execArgv: [...enter, process.execPath, "--require", "tsx/cjs"],
    });
    return new Load(client);
  }

  /** What the client saw since the last call; requests under way are waited for. */
  async counts(): Promise<SeenCounts> {
    const ended = new AbortController();
    const end = () => ended.abort();
    this.client.once("exit", end);
    try {
      if (!this.client.connected) throw new Error("the client has ended");
      const answer = once(this.client, "message", { signal: ended.signal });
      this.client.send("counts");
      const [counts] = (await answer) as [SeenCounts];
      return counts;
    } finally {
      this.client.off("exit", end);
    }
  }

  async stop(): Promise<void> {
    if (!this.client.connected) return;
    const ended = once(this.client, "exit");
    this.client.disconnect();
    await ended;
  }
}

/** How many first tries failed. */
export function failedOf({ failures }: Counts): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}
