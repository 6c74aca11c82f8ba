import { deepEqual, equal, ok } from "node:assert/strict";
import type { FakeRegistry, Reply, Script } from "../../../support/fake-registry";
import { ConnectProxy } from "./connect-proxy";
import {
  askOne,
  basicChallenge,
  basicRegistry,
  bearerRegistry,
  closeAll,
  manifest,
  serve,
  tokenReply,
  markerToken,
} from "./probing";

const to = (location: string, status = 307): Reply => ({ status, headers: { location } });
const noneHasAuthorization = (server: FakeRegistry) =>
  deepEqual(
    server.requests.map(({ headers }) => headers.authorization),
    server.requests.map(() => undefined),
  );

describe("redirects", () => {
  afterEach(closeAll);

  for (const status of [301, 302, 303, 307, 308]) {
    it(`${status} to another host is followed, without the login`, async () => {
      const other = await serve(() => manifest);
      const server = await serve(basicRegistry((url) => to(`${other.origin}/storage${url}`, status)));
      equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
      deepEqual(other.lines, ["HEAD /storage/v2/team/fleet/manifests/v1"]);
      noneHasAuthorization(other);
    });
  }

  it("on the same host keep the login", async () => {
    const server = await serve(basicRegistry((url) => (url === "/elsewhere" ? manifest : to("/elsewhere"))));
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
  });

  it("there and back lose the login", async () => {
    const other: FakeRegistry = await serve(() => to(`${server.origin}/again`));
    const server: FakeRegistry = await serve(basicRegistry(() => to(other.origin)));
    const { verdict } = await askOne(`${server.host}/team/fleet:v1`);
    equal(verdict.kind, "failing");
    equal(server.requests.at(-1)?.headers.authorization, undefined);
  });

  it("to a host that asks for a login give it none, and no verdict on it", async () => {
    const other = await serve(() => ({ status: 401, headers: basicChallenge }));
    const server = await serve(basicRegistry(() => to(other.origin)));
    const { verdict } = await askOne(`${server.host}/team/fleet:v1`);
    deepEqual(verdict, {
      kind: "failing",
      status: 401,
      host: other.host,
      from: "registry",
      detail: "answers 401 after a redirect",
    });
    noneHasAuthorization(other);
  });

  it("of the root to a host that asks for a login give it none", async () => {
    const other = await serve(() => ({ status: 401, headers: basicChallenge }));
    const server = await serve(({ url }) => to(`${other.origin}${url}`));
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "failing");
    noneHasAuthorization(other);
    noneHasAuthorization(server);
  });

  it("of the token service do not take the login along", async () => {
    const other = await serve(() => ({ status: 401 }));
    const server = await serve(
      bearerRegistry(
        () => to(other.origin),
        () => manifest,
      ),
    );
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "failing");
    noneHasAuthorization(other);
  });

  it("of the manifest do not take the token along", async () => {
    const other = await serve(() => manifest);
    const server = await serve(
      bearerRegistry(
        () => tokenReply(markerToken),
        () => to(other.origin),
      ),
    );
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
    noneHasAuthorization(other);
  });

  const bad: Readonly<Record<string, readonly [location: string | undefined, detail: string, questions: number]>> = {
    "in a circle": ["/v2/", "redirects more than 5 times", 6],
    "without a place": [undefined, "redirects to nowhere", 1],
    "to no address": ["https://", "redirects to nowhere", 1],
    "to plain HTTP": ["http://registry.example.com/", "redirects to something else than HTTPS", 1],
    "to a file": ["file:///etc/passwd", "redirects to something else than HTTPS", 1],
  };
  for (const [name, [location, detail, questions]] of Object.entries(bad)) {
    it(`${name} end`, async () => {
      const server = await serve(() => ({ status: 302, headers: location === undefined ? {} : { location } }));
      const { verdict } = await askOne(`${server.host}/team/fleet:v1`);
      const { host } = server;
      deepEqual(verdict, { kind: "failing", host, from: "registry", status: 302, detail });
      equal(server.requests.length, questions);
    });
  }

  describe("to plain HTTP on this machine", () => {
    // A registry elsewhere, which is asked through a proxy; and what listens here, which is not the registry's to speak for.
    let proxy: ConnectProxy | undefined;
    afterEach(() => proxy?.close());
    const image = "registry.example.test/team/fleet:v1";

    for (const [where, script] of Object.entries<(here: FakeRegistry) => Script>({
      "of the manifest": (here) => () => to(`${here.origin}/v2/team/fleet/manifests/v1`),
      "of the realm": (here) =>
        bearerRegistry(
          () => to(`${here.origin}/token`),
          () => manifest,
        ),
      "of the manifest with its token": (here) =>
        bearerRegistry(
          () => tokenReply(markerToken),
          () => to(here.origin),
        ),
    })) {
      it(`is not followed ${where}`, async () => {
        const here = await serve(() => tokenReply(markerToken), { tls: "none" });
        proxy = await ConnectProxy.start(await serve(script(here)));
        const { verdict } = await askOne(image);
        ok(verdict.kind === "failing" && verdict.detail === "redirects to something else than HTTPS");
        deepEqual(here.requests, []);
      });
    }

    it("is no realm of a registry that is not here: it gets no login", async () => {
      const here = await serve(() => tokenReply(markerToken), { tls: "none" });
      const challenge = `Bearer realm="${here.origin}/token"`;
      const asking: Script = ({ headers: { authorization } }) =>
        authorization === undefined ? { status: 401, headers: { "www-authenticate": challenge } } : manifest;
      proxy = await ConnectProxy.start(await serve(asking));
      const { verdict } = await askOne(image);
      const detail = "answers 401, and offers neither Basic nor a token service over HTTPS";
      ok(verdict.kind === "failing" && verdict.detail === detail);
      deepEqual(here.requests, []);

      const local = await serve(asking);
      equal((await askOne(`${local.host}/team/fleet:v1`)).verdict.kind, "accepted");
      equal(here.requests.length, 1);
    });

    it("is followed where the registry is on this machine too", async () => {
      const here = await serve(() => manifest, { tls: "none" });
      const server = await serve(basicRegistry(() => to(here.origin)));
      equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
      noneHasAuthorization(here);
    });
  });
});
