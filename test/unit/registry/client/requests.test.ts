import { deepEqual, equal } from "node:assert/strict";
import type { FakeRegistry } from "../../../support/fake-registry";
import {
  ask,
  askOne,
  basicRegistry,
  bearerRegistry,
  closeAll,
  login,
  manifest,
  markerToken,
  otherLogin,
  serve,
  tokenReply,
} from "./probing";

const basic = ({ username, password }: typeof login) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
const authorizations = (server: FakeRegistry) => server.requests.map(({ headers }) => headers.authorization ?? "none");
const tokenQuery = (repository: string, actions = "pull") =>
  `GET /token?service=test-registry&scope=${encodeURIComponent(`repository:${repository}:${actions}`).replaceAll("%20", "+")}`;
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("what a registry is asked", () => {
  afterEach(closeAll);

  it("Basic: the manifest without the login, the root without and with it, the manifest with it", async () => {
    const server = await serve(basicRegistry(() => manifest));
    await askOne(`${server.host}/team/fleet:v1`);
    const [first, ...rest] = server.requests.map(
      ({ method, url, headers: { authorization = "none" } }) => `${method} ${url} ${authorization}`,
    );
    const last = rest.pop();
    deepEqual(
      [first, rest.sort(), last],
      [
        "HEAD /v2/team/fleet/manifests/v1 none",
        [`GET /v2/ ${basic(login)}`, "GET /v2/ none"], // at the same time
        `HEAD /v2/team/fleet/manifests/v1 ${basic(login)}`,
      ],
    );
    equal(
      server.requests[0]?.headers.accept,
      "application/vnd.docker.distribution.manifest.v2+json, " +
        "application/vnd.docker.distribution.manifest.list.v2+json, " +
        "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*",
    );
  });

  it("Bearer: the manifest without a token, the token with the login, the manifest with the token", async () => {
    const server = await serve(
      bearerRegistry(
        () => tokenReply(markerToken),
        () => manifest,
      ),
    );
    await askOne(`${server.host}/team/fleet:v1`);
    const head = "HEAD /v2/team/fleet/manifests/v1";
    deepEqual(server.lines, [head, tokenQuery("team/fleet"), head]);
    deepEqual(authorizations(server), ["none", basic(login), `Bearer ${markerToken}`]);
  });

  it("no credential: the manifest alone", async () => {
    const server = await serve(() => manifest);
    await askOne(`${server.host}/team/fleet:v1`);
    deepEqual(server.lines, ["HEAD /v2/team/fleet/manifests/v1"]);
    deepEqual(authorizations(server), ["none"]);
  });

  it("a token without a login, where there is none", async () => {
    const server = await serve(
      bearerRegistry(
        () => tokenReply(markerToken),
        () => manifest,
      ),
    );
    await askOne(`${server.host}/team/fleet:v1`, null);
    deepEqual(authorizations(server), ["none", "none", `Bearer ${markerToken}`]);
  });

  it("the token service's own query stays, Bearer goes before Basic", async () => {
    const service = await serve(() => tokenReply(markerToken));
    const challenge = ["Basic realm=x", `Bearer realm="${service.origin}/token?account=a%20b"`];
    const server = await serve(({ headers }) =>
      headers.authorization === undefined ? { status: 401, headers: { "www-authenticate": challenge } } : manifest,
    );
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
    deepEqual(service.lines, ["GET /token?account=a+b&scope=repository%3Ateam%2Ffleet%3Apull"]);
  });

  it("the digest where there is one, latest where there is nothing", async () => {
    const server = await serve(() => manifest);
    await ask([{ image: `${server.host}/a/b:v1@${digest}` }, { image: `${server.host}/a/b` }]);
    deepEqual([...server.lines].sort(), ["HEAD /v2/a/b/manifests/latest", `HEAD /v2/a/b/manifests/${digest}`]);
  });

  it("the manifest once more for the words of a 404, and by GET where HEAD is not known", async () => {
    const missing = await serve(basicRegistry(() => ({ status: 404 })));
    await askOne(`${missing.host}/team/fleet:v1`);
    deepEqual(missing.lines.slice(3), ["HEAD /v2/team/fleet/manifests/v1", "GET /v2/team/fleet/manifests/v1"]);

    const noHead = await serve(({ method }) => (method === "HEAD" ? { status: 405 } : manifest));
    equal((await askOne(`${noHead.host}/team/fleet:v1`)).verdict.kind, "accepted");
    deepEqual(noHead.lines, ["HEAD /v2/team/fleet/manifests/v1", "GET /v2/team/fleet/manifests/v1"]);
  });

  it("nothing at all without a target", async () => {
    deepEqual(await ask([]), []);
  });

  it("nothing twice", async () => {
    const server = await serve(
      bearerRegistry(
        () => tokenReply(markerToken),
        () => manifest,
      ),
    );
    const image = (rest: string) => `${server.host}/${rest}`;
    const results = await ask([
      { image: image("team/fleet:v1"), login },
      { image: image("team/fleet:v2"), login },
      { image: image("team/fleet:v1"), login },
      { image: image("team/mysql:8"), login },
      { image: image("team/fleet:v1"), login: otherLogin },
      { image: image("team/fleet:v1") },
    ]);
    deepEqual(
      results.map(({ verdict, username }) => [verdict.kind, username]),
      [
        ["accepted", login.username],
        ["accepted", login.username],
        ["accepted", login.username],
        ["accepted", login.username],
        ["accepted", otherLogin.username],
        ["accepted", undefined],
      ],
    );
    const counts = new Map<string, number>();
    for (const line of server.lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    deepEqual(Object.fromEntries(counts), {
      [tokenQuery("team/fleet")]: 3, // one for each login
      [tokenQuery("team/mysql")]: 1,
      // One without a token, and one for each login.
      "HEAD /v2/team/fleet/manifests/v1": 4,
      "HEAD /v2/team/fleet/manifests/v2": 2,
      "HEAD /v2/team/mysql/manifests/8": 2,
    });
  });

  it("registries at the same time", async () => {
    let waiting = 0;
    let most = 0;
    const slow = () =>
      serve((_request, _socket, response) => {
        most = Math.max(most, ++waiting);
        setTimeout(() => {
          waiting--;
          response.writeHead(200).end();
        }, 50);
        return "written";
      });
    const servers = await Promise.all([slow(), slow(), slow()]);
    await ask(servers.map(({ host }) => ({ image: `${host}/a/b:c` })));
    equal(most, 3);
  });
});
