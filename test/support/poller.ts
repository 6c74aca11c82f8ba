import * as fs from "node:fs";
import * as path from "node:path";
import { runInNode } from "../../local/cluster";
import { fleetUrl } from "./objects";
import type { TestStack } from "./test-stack";

/** What requests to Fleet's `/healthz` met, a new connection for each, none tried again. */
export interface Polled {
  readonly requests: number;
  /** What each that failed says, in order. */
  readonly failures: readonly string[];
}

/** One request every 50 ms: little enough for a busy machine, and enough to meet a pod on its way out. */
const script = `
const fs = require("node:fs"), http = require("node:http");
const [url, stop] = process.argv.slice(1);
let requests = 0, pending = 0;
const failures = [];
const fail = (why) => { pending--; failures.push(why); };
const timer = setInterval(() => {
  if (!fs.existsSync(stop)) {
    requests++; pending++;
    const request = http.get(url, { agent: false, timeout: 5000 }, (answer) => {
      answer.resume().on("end", () => answer.statusCode === 200 ? pending-- : fail("HTTP " + answer.statusCode));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in 5 s")));
    request.on("error", (error) => fail(error.message));
  } else if (pending === 0) {
    clearInterval(timer);
    process.stdout.write(JSON.stringify({ requests, failures }));
  }
}, 50);
`;

/** Polls Fleet through its Service, from inside the node, until the function that it returns is called. */
export async function pollFleet(stack: TestStack): Promise<() => Promise<Polled>> {
  const stop = path.join(stack.backend, "..", "stop-polling");
  fs.rmSync(stop, { force: true });
  const polling = runInNode(process.execPath, ["-e", script, await fleetUrl(stack), stop], { timeout: 240_000 });
  return async () => {
    fs.writeFileSync(stop, "");
    const { stdout, stderr } = await polling;
    if (stdout === "") throw new Error(`the poller failed: ${stderr}`);
    return JSON.parse(stdout) as Polled;
  };
}
