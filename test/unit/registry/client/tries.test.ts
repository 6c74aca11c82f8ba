import { deepEqual, equal, ok } from "node:assert/strict";
import { networkProblem } from "../../../../registry/client/network-problem";
import type { Script } from "../../../support/fake-registry";
import {
  askOne,
  basicRegistry,
  bearerRegistry,
  closeAll,
  login,
  manifest,
  markerToken,
  serve,
  tokenReply,
  withoutHost,
} from "./probing";

describe("two tries", () => {
  afterEach(closeAll);

  const failFirst = (fail: Script): Script => {
    const seen = new Set<string>();
    return (request, socket, response) => {
      if (seen.has(request.url)) return request.url === "/token" ? tokenReply(markerToken) : manifest;
      seen.add(request.url);
      return fail(request, socket, response);
    };
  };
  const reset: Script = (_request, socket) => {
    socket.destroy();
    return "written";
  };

  it("after a 5xx", async () => {
    const server = await serve(failFirst(() => ({ status: 503 })));
    equal((await askOne(`${server.host}/a/b:c`)).verdict.kind, "accepted");
    deepEqual(server.lines, ["HEAD /v2/a/b/manifests/c", "HEAD /v2/a/b/manifests/c"]);
  });

  it("after a broken connection", async () => {
    const server = await serve(failFirst(reset));
    equal((await askOne(`${server.host}/a/b:c`)).verdict.kind, "accepted");
    equal(server.lines.length, 2);
  });

  it("and no third", async () => {
    const body = '{"errors":[{"code":"UNKNOWN","message":"storage is down"}]}';
    const server = await serve(() => ({ status: 502, body }));
    deepEqual(withoutHost((await askOne(`${server.host}/a/b:c`)).verdict), {
      kind: "failing",
      from: "registry",
      status: 502,
      detail: "answers 502",
      said: "UNKNOWN: storage is down",
    });
    // The root has the words that HEAD leaves out.
    deepEqual(server.lines, [...Array<string>(2).fill("HEAD /v2/a/b/manifests/c"), "GET /v2/", "GET /v2/"]);

    const broken = await serve(reset);
    const { verdict } = await askOne(`${broken.host}/a/b:c`);
    deepEqual(withoutHost(verdict), { kind: "unreachable", reason: "reset", detail: "it ends the connection" });
    equal(broken.lines.length, 2);
  });

  for (const [status, questions] of [
    [500, 1],
    [502, 2],
    [503, 2],
    [504, 2],
  ] as const) {
    it(`with a login only where it did not get through: ${status}`, async () => {
      const server = await serve(
        bearerRegistry(
          () => ({ status }),
          () => manifest,
        ),
      );
      const { verdict } = await askOne(`${server.host}/a/b:c`);
      ok(verdict.kind === "failing" && verdict.from === "token service" && verdict.status === status);
      equal(server.lines.filter((line) => line.startsWith("GET /token")).length, questions);

      const anonymous = await serve(() => ({ status }));
      equal((await askOne(`${anonymous.host}/a/b:c`, null)).verdict.kind, "failing");
      equal(anonymous.lines.filter((line) => line.startsWith("HEAD")).length, 2);
    });
  }
});

describe("plain HTTP", () => {
  afterEach(closeAll);

  it("is spoken with this machine, after HTTPS was tried", async () => {
    const server = await serve(
      basicRegistry(() => manifest),
      { tls: "none" },
    );
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
    deepEqual(server.lines, [
      "HEAD /v2/team/fleet/manifests/v1",
      ...["GET /v2/", "GET /v2/"],
      "HEAD /v2/team/fleet/manifests/v1",
    ]);
  });

  it("errors of the connection have one meaning each", () => {
    const url = new URL("https://registry.test/");
    const meanings = Object.entries({
      EAI_AGAIN: "DNS: its name cannot be resolved now",
      CERT_HAS_EXPIRED: "TLS: its certificate has expired",
      SELF_SIGNED_CERT_IN_CHAIN: "TLS: its certificate is signed by an authority that this machine does not know",
      ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "TLS: TLS fails (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)",
      EHOSTUNREACH: "no route: there is no route to it",
      UND_ERR_CONNECT_TIMEOUT: "timeout: it does not answer in time",
      UND_ERR_INVALID_ARG: "protocol: it could not be asked (UND_ERR_INVALID_ARG)",
      [`a ${login.password}`]: "protocol: it could not be asked",
    });
    for (const [code, meaning] of meanings) {
      const { reason, detail } = networkProblem(Object.assign(new Error(login.password), { code }), url);
      equal(`${reason}: ${detail}`, meaning);
    }
    const several = new AggregateError([Object.assign(new Error(), { code: "ENETUNREACH" })]);
    equal(networkProblem(several, url).reason, "no route");
    equal(networkProblem("text", url).detail, "it could not be asked");
  });
});
