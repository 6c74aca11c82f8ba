import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

export type Play = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server on the loopback that plays every host: `https://HOST/PATH` is its `/HOST/PATH`. */
export class LoopbackHosts {
  /** By URL; anything else is 404. */
  readonly files = new Map<string, Buffer | string | Play>();
  /** Every URL that was asked for, `HEAD` before those that were only tried. */
  readonly asked: string[] = [];
  private readonly server = http.createServer((request, response) => {
    const url = `https:/${request.url ?? ""}`;
    this.asked.push(request.method === "GET" ? url : `${request.method} ${url}`);
    const file = this.files.get(url);
    if (typeof file === "function") return file(request, response);
    if (file !== undefined) return sends(Buffer.from(file))(request, response);
    response.writeHead(request.method === "GET" ? 404 : 200).end();
  });

  static async start(): Promise<LoopbackHosts> {
    const hosts = new LoopbackHosts();
    hosts.server.listen(0, "127.0.0.1");
    await once(hosts.server, "listening");
    return hosts;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  readonly locate = (url: URL): URL => new URL(`${this.address}/${url.host}${url.pathname}`);

  count = (url: string): number => this.asked.filter((asked) => asked === url).length;

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Says how long a file is, and ends the connection after half of it. */
export const cutOff =
  (content: Buffer): Play =>
  (_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
  };

/** One after the other; the last of them from then on. */
export const inTurn = (...plays: readonly [Play, ...Play[]]): Play => {
  let turn = 0;
  return (request, response) => (plays[Math.min(turn++, plays.length - 1)] ?? plays[0])(request, response);
};

export const sends =
  (content: Buffer): Play =>
  (_, response) =>
    response.writeHead(200, { "content-length": content.length }).end(content);
