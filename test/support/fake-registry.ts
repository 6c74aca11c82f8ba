import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

/** A server's certificate and key in PEM form, and the authority that signed it. */
export interface TestCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority and a certificate, with openssl; the authority's key is forgotten. */
export function makeCertificate(names: readonly string[], days = 3650): TestCertificate {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "certificate-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
  try {
    // An empty configuration: the system's own would add extensions of an authority to every certificate.
    fs.writeFileSync(path.join(folder, "cnf"), "[req]\ndistinguished_name = none\n[none]\n");
    const request = ["req", "-new", "-x509", "-config", "cnf", "-nodes", "-newkey", "rsa:2048"];
    const authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"];
    openssl(...request, "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.crt", ...authority);
    const leaf = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", `subjectAltName=${names.join()}`];
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-days", String(days)];
    openssl(...request, "-subj", "/CN=test", "-keyout", "key", "-out", "crt", ...signed, ...leaf);
    return { ca: read("ca.crt"), cert: read("crt"), key: read("key") };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

let shared: TestCertificate | undefined;

/** For this machine and every name below `example.test`; made once. */
export const testCertificate = (): TestCertificate =>
  (shared ??= makeCertificate(["DNS:localhost", "DNS:*.example.test", "IP:127.0.0.1", "IP:::1"]));

/** One request that came in. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Its place among the requests to all servers of this process. */
  readonly order: number;
  /** What it was answered; nothing where the script wrote something of its own, or never answers. */
  readonly reply?: Reply;
}

export interface Reply {
  readonly status: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
}

/** A reply; nothing for a request that is never answered; or what writes something of its own. */
export type Script = (
  request: RecordedRequest,
  socket: Socket,
  response: http.ServerResponse,
) => Reply | undefined | "written";

export interface FakeRegistryOptions {
  /** @default HTTPS with `testCertificate()`; "none" for plain HTTP */
  readonly tls?: Pick<TestCertificate, "cert" | "key"> | "none";
  /** Where it listens. @default 127.0.0.1 */
  readonly address?: string;
}

let received = 0;

/** A registry, or a token service, that answers by a script and keeps a record of every request. */
export class FakeRegistry {
  readonly requests: RecordedRequest[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: "http" | "https",
    private readonly address: string,
  ) {}

  static async start(script: Script, options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const { tls = testCertificate(), address = "127.0.0.1" } = options;
    const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
      const { method = "", url = "", headers } = request;
      const recorded = { method, url, headers, order: received++ };
      const place = fake.requests.push(recorded) - 1;
      const reply = script(recorded, request.socket, response);
      if (reply === undefined || reply === "written") return;
      fake.requests[place] = { ...recorded, reply };
      const type = reply.body?.startsWith("{") === true ? { "content-type": "application/json" } : {};
      response.writeHead(reply.status, { ...type, ...reply.headers }).end(reply.body);
    };
    const server =
      tls === "none" ? http.createServer(listener) : https.createServer({ cert: tls.cert, key: tls.key }, listener);
    const fake = new FakeRegistry(server, tls === "none" ? "http" : "https", address);
    // Of a TLS socket this is the TCP socket below; destroying it ends both.
    server.on("connection", (socket: Socket) => {
      fake.sockets.add(socket.on("error", () => undefined));
      socket.on("close", () => fake.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    return fake;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** As an image names it. */
  get host(): string {
    return `${this.address}:${this.port}`;
  }

  get origin(): string {
    return `${this.scheme}://${this.host}`;
  }

  /** `GET /v2/`, one line for each request. */
  get lines(): readonly string[] {
    return this.requests.map(({ method, url }) => `${method} ${url}`);
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
