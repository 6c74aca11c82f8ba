import * as http from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A proxy for HTTPS (`CONNECT`), and the only way to hosts that do not exist. */
export class ConnectProxy {
  /** `registry.test:443`, one for each connection. */
  readonly targets: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly variables = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"];
  private readonly before = this.variables.map((name) => [name, process.env[name]] as const);

  private constructor(private readonly server: http.Server) {}

  /**
   * Starts it, and names it in this process's environment until `close`.
   *
   * @param port where the connections end, whatever host they name; or the status that they are refused with
   */
  static async start(target: { port: number } | { status: number }, noProxy?: string): Promise<ConnectProxy> {
    const server = http.createServer();
    const proxy = new ConnectProxy(server);
    server.on("connection", (socket: Socket) => void proxy.sockets.add(socket.on("error", () => undefined)));
    server.on("connect", ({ url = "", headers }: http.IncomingMessage, client: Socket) => {
      proxy.targets.push(url);
      proxy.authorizations.push(headers["proxy-authorization"]);
      if ("status" in target) return client.end(`HTTP/1.1 ${target.status} No\r\n\r\n`);
      const upstream = connect(target.port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      }).on("error", () => client.destroy());
      proxy.sockets.add(upstream);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    for (const name of proxy.variables) delete process.env[name];
    process.env.HTTPS_PROXY = `http://proxy-user:proxy-passw0rd@127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (noProxy !== undefined) process.env.NO_PROXY = noProxy;
    return proxy;
  }

  async close(): Promise<void> {
    for (const [name, value] of this.before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
