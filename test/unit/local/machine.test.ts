import assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "node:net";
import { downloadsReachable } from "../../../local/toolchain/network";

describe("a machine", () => {
  const { fetch } = globalThis;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  afterEach(() => {
    globalThis.fetch = fetch;
    AbortSignal.timeout = timeout;
  });

  it("on a network that swallows what is sent is noticed within 10 s", async () => {
    const connections: net.Socket[] = [];
    const server = net.createServer((connection) => connections.push(connection)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    globalThis.fetch = (_, init) => fetch(`https://127.0.0.1:${port}/`, init);
    // Time goes 20 times as fast, so that the test does not take as long as the wait.
    AbortSignal.timeout = (milliseconds) => timeout(milliseconds / 20);
    const start = performance.now();
    assert.equal(await downloadsReachable(), false);
    assert.ok(performance.now() - start < 10_000 / 20);
    assert.equal(connections.length, 1);
    for (const connection of connections) connection.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
