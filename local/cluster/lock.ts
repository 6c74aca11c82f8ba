import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { say } from "../../commands/terminal";

/**
 * Runs `work` while no other process of this machine holds the lock `name`; waits for as long as another one does. The kernel frees it
 * when its process ends, however it ends, so no lock is ever stale.
 * @param folder where a lock that is a file lies
 */
export async function withLock<T>(name: string, folder: string, work: () => Promise<T>): Promise<T> {
  const take =
    process.platform === "linux" ? () => takeSocket(name) : () => takeFile(path.join(folder, `${name}.lock`));
  let release = await take();
  for (let tries = 0; release === undefined; tries++) {
    if (tries === 10) say("Another process works on the local cluster; waiting for it …");
    await sleep(100);
    release = await take();
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

type Release = () => Promise<void> | void;

/** An abstract socket, which only Linux has. */
function takeSocket(name: string): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((connection) => connection.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    const release = () => new Promise<void>((closed) => server.close(() => closed()));
    server.listen({ path: `\0fleet-local-${name}` }, () => resolve(release));
  });
}

/** What macOS and the BSDs have and Node.js does not name: open a file and lock it, or fail at once. */
const O_EXLOCK = 0x20;

function takeFile(file: string): Promise<Release | undefined> {
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
    return Promise.resolve(() => closeSync(descriptor));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return Promise.resolve(undefined);
    throw error;
  }
}
