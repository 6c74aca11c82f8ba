import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenCounts } from "./load";

/*
 * A process of its own, started by `load.ts`: it sends requests at a fixed rate, whatever became of the ones before, and
 * counts. A message asks for the counts since the message before; when the parent goes, so does this.
 */

const [url = "", rate = "", connections = "", span = ""] = process.argv.slice(2);
const perSecond = Number(rate);
const columnMs = Number(span);

const timeoutMs = 5000;
const tries = 9;
const pauseMs = 250;

/** Ten connections that stay open and take turns, as a proxy in front of Fleet has them; or a new one for each request. */
const agents =
  connections === "kept"
    ? Array.from({ length: 10 }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }))
    : [new http.Agent({ keepAlive: false })];

const underWay = new Set<Promise<void>>();
let counts = none();

function none() {
  return {
    requests: 0,
    failures: new Map<string, number>(),
    unanswered: 0,
    slowestMs: 0,
    columns: new Map<number, { good: number; bad: number }>(),
  };
}

/** One try; resolves to why it failed. */
function get(agent: http.Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    const request = http.get(url, { agent, timeout: timeoutMs }, (response) => {
      response.on("error", fail);
      response.on("end", () => resolve(response.statusCode === 200 ? undefined : `HTTP ${response.statusCode}`));
      response.resume();
    });
    request.on("timeout", () => request.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })));
    request.on("error", fail);
  });
}

async function send(agent: http.Agent): Promise<void> {
  const start = performance.now();
  const at = Math.floor(Date.now() / columnMs) * columnMs;
  let failure = await get(agent);
  counts.requests++;
  const column = counts.columns.get(at) ?? { good: 0, bad: 0 };
  counts.columns.set(at, column);
  if (failure === undefined) column.good++;
  else column.bad++;
  counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start);
  if (failure === undefined) return;
  counts.failures.set(failure, (counts.failures.get(failure) ?? 0) + 1);
  for (let n = 1; n < tries && failure !== undefined; n++) {
    await sleep(pauseMs);
    failure = await get(agent);
  }
  if (failure !== undefined) counts.unanswered++;
}

async function main(): Promise<void> {
  process.on("disconnect", () => process.exit());
  process.on("message", () => {
    void Promise.all(underWay).then(() => {
      const { failures, columns, ...rest } = counts;
      counts = none();
      process.send?.({
        ...rest,
        failures: Object.fromEntries(failures),
        columns: [...columns].sort(([a], [b]) => a - b).map(([at, column]) => ({ at, ...column })),
      } satisfies SeenCounts);
    });
  });
  const start = performance.now();
  for (let sent = 0; ;) {
    // What is overdue goes at once: a machine that was busy for a moment must not lower the rate.
    for (const due = ((performance.now() - start) / 1000) * perSecond; sent < due; sent++) {
      const agent = agents[sent % agents.length];
      if (agent === undefined) throw new Error("no agent");
      const request = send(agent).finally(() => underWay.delete(request));
      underWay.add(request);
    }
    await sleep(500 / perSecond);
  }
}

void main();
