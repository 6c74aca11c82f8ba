import * as net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { say } from "../support/terminal";

/**
 * Runs `work` while no other process of this machine holds the lock `name`; waits for as long as another one does.
 * An abstract socket is the lock: the kernel frees it when its process ends, however it ends, so no lock is ever stale.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  let server = await tryBind(name);
  for (let tries = 0; server === undefined; tries++) {
    if (tries === 10) say("Another process works on the local cluster; waiting for it …");
    await sleep(100);
    server = await tryBind(name);
  }
  try {
    return await work();
  } finally {
    const held = server;
    await new Promise((resolve) => held.close(resolve));
  }
}

function tryBind(name: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((connection) => connection.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen({ path: `\0fleet-local-${name}` }, () => resolve(server));
  });
}
