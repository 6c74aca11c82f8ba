import { deepEqual, equal, ok } from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { probeRegistries } from "../../../../registry/client/probe";
import { makeCertificate, type Script, testCertificate } from "../../../support/fake-registry";
import {
  askOne,
  basicRegistry,
  bearerRegistry,
  closeAll,
  login,
  manifest,
  markerToken,
  serve,
  unauthorized,
  withoutHost,
} from "./probing";

const untilClosed = (socket: Socket, every: number, write: () => void) => {
  const timer = setInterval(write, every);
  socket.on("close", () => clearInterval(timer));
};

describe("a registry that cannot be reached", () => {
  afterEach(closeAll);

  it("its name does not resolve", async () => {
    const { verdict } = await askOne("registry.invalid/team/fleet:v1");
    equal(verdict.kind, "unreachable");
    ok(verdict.kind === "unreachable" && verdict.reason === "DNS" && verdict.host === "registry.invalid");
  });

  it("refuses the connection", async () => {
    const { host } = await serve(() => manifest);
    await closeAll();
    const { verdict } = await askOne(`${host}/team/fleet:v1`);
    deepEqual(verdict, { kind: "unreachable", host, reason: "refused", detail: "it refuses the connection" });
  });

  it("takes the connection and says nothing, not even TLS", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const sockets: Socket[] = [];
    server.on("connection", (socket) => sockets.push(socket));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { verdict } = await askOne(`${host}/a/b:c`, login, { timeoutMs: 200 });
    deepEqual(verdict, { kind: "unreachable", host, reason: "timeout", detail: "it does not answer in time" });
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it("an unknown authority", async () => {
    const server = await serve(() => manifest, { tls: makeCertificate(["IP:127.0.0.1"]) });
    const { verdict } = await askOne(`${server.host}/team/fleet:v1`);
    const detail = "its certificate is signed by an authority that this machine does not know";
    deepEqual(withoutHost(verdict), { kind: "unreachable", reason: "TLS", detail });
    equal(server.requests.length, 0);
  });

  it("a certificate for another name", async () => {
    const other = makeCertificate(["DNS:other.test"]);
    const server = await serve(() => manifest, { tls: other });
    const [result] = await probeRegistries([{ image: `${server.host}/a/b:c` }], { caCertificate: other.ca });
    const detail = "its certificate is for another name";
    deepEqual(result?.verdict, { kind: "unreachable", host: server.host, reason: "TLS", detail });
  });

  it("without the private authority, and with one that cannot be read", async () => {
    const server = await serve(() => manifest);
    for (const caCertificate of [{}, { caCertificate: "no certificate" }]) {
      const [result] = await probeRegistries([{ image: `${server.host}/a/b:c` }], caCertificate);
      ok(result?.verdict.kind === "unreachable" && result.verdict.reason === "TLS");
    }
  });

  it("the server's own certificate is as good as its authority's, as Go has it", async () => {
    const server = await serve(() => manifest);
    const [result] = await probeRegistries([{ image: `${server.host}/a/b:c` }], {
      caCertificate: testCertificate().cert,
    });
    equal(result?.verdict.kind, "accepted");
  });

  const slow: Readonly<Record<string, Script>> = {
    "says nothing": () => undefined,
    "never ends its headers": (_request, socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      untilClosed(socket, 20, () => socket.write("x: y\r\n"));
      return "written";
    },
    "never ends its body": (_request, socket, response) => {
      response.writeHead(401);
      untilClosed(socket, 20, () => response.write("x"));
      return "written";
    },
    "sends interim answers for ever": (_request, socket) => {
      untilClosed(socket, 20, () => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"));
      return "written";
    },
    "answers each redirect in time, and all of them too late": ({ url }, _socket, response) => {
      setTimeout(() => response.writeHead(302, { location: `${url}x` }).end(), 150);
      return "written";
    },
  };
  for (const [name, script] of Object.entries(slow)) {
    it(name, async () => {
      const server = await serve(script);
      const start = performance.now();
      const { verdict } = await askOne(`${server.host}/team/fleet:v1`, login, { timeoutMs: 300 });
      const detail = "it does not answer in time";
      deepEqual(verdict, { kind: "unreachable", host: server.host, reason: "timeout", detail });
      ok(performance.now() - start < 1500);
    });
  }

  const rubbish: Readonly<Record<string, Script>> = {
    "headers that are too large": (_request, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`);
      return "written";
    },
    "no HTTP": (_request, socket) => {
      socket.write("220 mail.test ESMTP\r\n");
      return "written";
    },
  };
  for (const [name, script] of Object.entries(rubbish)) {
    it(name, async () => {
      const server = await serve(script);
      const { verdict } = await askOne(`${server.host}/team/fleet:v1`);
      const detail = "it answers something else than HTTP";
      deepEqual(verdict, { kind: "unreachable", host: server.host, reason: "protocol", detail });
    });
  }

  it("a body without end is not read to its end", async () => {
    const big = Buffer.alloc(64 * 1024, "x");
    let sent = 0;
    const server = await serve(({ method }, socket, response) => {
      if (method === "HEAD") return unauthorized;
      response.writeHead(401, { "www-authenticate": "Basic realm=x" });
      untilClosed(socket, 1, () => {
        if (!response.writableNeedDrain) sent += big.length;
        if (!response.writableNeedDrain) response.write(big);
      });
      return "written";
    });
    equal((await askOne(`${server.host}/team/fleet:v1`, null)).verdict.kind, "login-needed");
    ok(sent < 10 * 1024 * 1024);
  });

  it("a token in too much JSON is none", async () => {
    const server = await serve(
      bearerRegistry(
        () => ({ status: 200, body: JSON.stringify({ padding: "x".repeat(1_000_000), token: markerToken }) }),
        () => manifest,
      ),
    );
    const { verdict } = await askOne(`${server.host}/team/fleet:v1`);
    ok(verdict.kind === "failing" && verdict.detail === "gives no token");
  });

  it("JSON of great depth", async () => {
    const server = await serve(basicRegistry(() => ({ status: 403, body: "[".repeat(200_000) })));
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "no-right");
  });
});
