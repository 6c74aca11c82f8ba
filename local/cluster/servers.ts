import { createServer } from "node:net";

/** Where the servers of a cluster listen; remembered from one start to the next. */
export interface Servers {
  /** IPv4 address of all of them. */
  readonly address: string;
  readonly api: number;
  readonly registry: number;
  /** etcd's two, on the loopback of the node. */
  readonly etcd: number;
  readonly etcdPeer: number;
}

/** A node with a network of its own has every port to itself. */
export const serversAt = (address: string): Servers => ({
  address,
  api: 6443,
  registry: 5000,
  etcd: 2379,
  etcdPeer: 2380,
});

/** On this machine's loopback, with ports that are free now. */
export async function serversOnLoopback(seed: number): Promise<Servers> {
  const address = "127.0.0.1";
  const free: number[] = [];
  // Below the ports that outgoing connections get, and from a place that differs by checkout.
  for (let i = 0; free.length < 4 && i < 10_000; i++) {
    const port = 20_000 + ((seed + i) % 10_000);
    if (await isFree(address, port)) free.push(port);
  }
  const [api, registry, etcd, etcdPeer] = free;
  if (api === undefined || registry === undefined || etcd === undefined || etcdPeer === undefined)
    throw new Error("No four free ports from 20000 to 29999 for the local cluster.");
  return { address, api, registry, etcd, etcdPeer };
}

/** Whether nothing listens where these servers would. */
export async function areFree({ address, ...ports }: Servers): Promise<boolean> {
  const free = await Promise.all(Object.values(ports).map((port: number) => isFree(address, port)));
  return free.every(Boolean);
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
