import * as fs from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCertificate, type TestCertificate } from "./fake-registry";
import { forgetInContainerd, freePort, hostAddress, trustInContainerd } from "./registry-on-host";
import { session } from "./session";

/** What it does with requests: passes them on, at once, after 3 s or after 12 s; refuses the connection; answers with an error. */
export type Behaviour = "well" | "slow" | "too slow" | "down" | 429 | 500;

const errors: Readonly<Record<429 | 500, { readonly code: string; readonly message: string }>> = {
  429: { code: "TOOMANYREQUESTS", message: "too many requests" },
  500: { code: "UNKNOWN", message: "unknown error" },
};

/**
 * A reverse proxy before the cluster's registry, on this machine's end of the link to the node, which pulls through it. It
 * misbehaves when told to, and disturbs nobody else who uses the registry.
 */
export class RegistryProxy {
  private behaviour: Behaviour = "down";
  private readonly upstream = new https.Agent({ ca: fs.readFileSync(session().cluster.registry.caFile) });
  private readonly proxy: https.Server;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly address: string,
    private readonly port: number,
    private readonly tls: TestCertificate,
  ) {
    const { cert, key } = tls;
    this.proxy = https.createServer({ cert, key }, (request, response) => void this.answer(request, response));
    this.proxy.on("connection", (socket: Socket) => {
      this.sockets.add(socket.on("error", () => undefined));
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<RegistryProxy> {
    const address = await hostAddress();
    const proxy = new RegistryProxy(address, await freePort(address), makeCertificate([`IP:${address}`]));
    trustInContainerd(proxy.server, proxy.authority);
    await proxy.become("well");
    return proxy;
  }

  /** As image references name it. */
  get server(): string {
    return `${this.address}:${this.port}`;
  }

  /** Who signed its certificate, in PEM form. */
  get authority(): string {
    return this.tls.ca;
  }

  /** From now on. */
  async become(behaviour: Behaviour): Promise<void> {
    const wasDown = this.behaviour === "down";
    // What still waits for its answer would keep the node from its next pull.
    if (this.behaviour === "too slow") for (const socket of this.sockets) socket.destroy();
    this.behaviour = behaviour;
    if (wasDown === (behaviour === "down")) return;
    if (wasDown) await new Promise<void>((resolve) => this.proxy.listen(this.port, this.address, resolve));
    else {
      const closed = new Promise((resolve) => this.proxy.close(resolve));
      for (const socket of this.sockets) socket.destroy();
      await closed;
    }
  }

  async remove(): Promise<void> {
    await this.become("down");
    this.upstream.destroy();
    forgetInContainerd(this.server);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { behaviour } = this;
    if (behaviour === 429 || behaviour === 500) {
      response.writeHead(behaviour, { "content-type": "application/json" });
      response.end(JSON.stringify({ errors: [errors[behaviour]] }));
      return;
    }
    if (behaviour === "slow") await sleep(3000);
    if (behaviour === "too slow") await sleep(12_000); // a preview waits for 10 s
    const { method, headers, url = "" } = request;
    const to = new URL(url, `https://${session().cluster.registry.server}`);
    const passed = https.request(to, { method, headers, agent: this.upstream }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  }
}
