import { deepEqual, equal, ok } from "node:assert/strict";
import type { Reply, Script } from "../../../support/fake-registry";
import {
  askOne,
  basicRegistry,
  closeAll,
  errorReply,
  login,
  manifest,
  markerToken,
  otherLogin,
  serve,
  tokenReply,
  withoutHost,
} from "./probing";

const withChallenge = (challenge: string, status = 401): Reply => ({
  status,
  headers: { "www-authenticate": challenge },
});
const right = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;

/**
 * A registry whose tokens are its scopes, joined: `scopes` are those that it needs of one, from the realm that the challenge
 * of the manifest names.
 */
function registry(options: {
  readonly root?: (host: string) => Reply;
  /** After `Bearer`, without and with a token that is not enough. */
  readonly challenge: (host: string, token: string | undefined) => string;
  readonly path: string;
  readonly scopes: readonly string[];
}): Script {
  return ({ url, headers: { authorization = "", host = "" } }) => {
    const { pathname, searchParams } = new URL(url, "https://registry.test");
    if (pathname.endsWith("/token")) {
      if (authorization !== right) return { status: 401 };
      return tokenReply(`${pathname}!${searchParams.getAll("scope").join("!")}`);
    }
    if (pathname === "/v2/" && options.root !== undefined) return options.root(host);
    const [, token] = /^Bearer (.*)$/.exec(authorization) ?? [];
    const [place, ...scopes] = token?.split("!") ?? [];
    if (place === options.path && options.scopes.every((scope) => scopes.includes(scope))) return manifest;
    return withChallenge(`Bearer ${options.challenge(host, token)}`);
  };
}

const own = "repository:docker/team/fleet:pull";
const underKey = "repository:KEY/docker/team/fleet:pull";

describe("the challenge of the manifest decides", () => {
  afterEach(closeAll);

  const good: Readonly<Record<string, Script>> = {
    "Artifactory by path: the root is open": registry({
      root: () => ({ status: 200, body: "{}" }),
      challenge: (host) => `realm="https://${host}/v2/token",service="${host}",scope="${own}"`,
      path: "/v2/token",
      scopes: [own],
    }),
    "Artifactory by path: the root names another realm": registry({
      root: (host) => withChallenge(`Bearer realm="https://${host}/v2/token",service="${host}"`),
      challenge: (host) => `realm="https://${host}/artifactory/api/docker/KEY/v2/token",service="${host}"`,
      path: "/artifactory/api/docker/KEY/v2/token",
      scopes: [own],
    }),
    "Artifactory by path: its scope lacks the repository's first part": registry({
      challenge: (host) => `realm="https://${host}/token",scope="repository:team/fleet:pull"`,
      path: "/token",
      scopes: [own],
    }),
    "Artifactory by path: its scope has more than the image": registry({
      challenge: (host) => `realm="https://${host}/token",scope="${underKey}"`,
      path: "/token",
      scopes: [underKey],
    }),
    "ECR Public: a scope that is no repository": registry({
      challenge: (host) => `realm="https://${host}/token",service="public.ecr.aws",scope="aws"`,
      path: "/token",
      scopes: [own, "aws"],
    }),
    "a realm that another challenge names with the token": registry({
      challenge: (host, token) => `realm="https://${host}${token === undefined ? "" : "/KEY"}/token"`,
      path: "/KEY/token",
      scopes: [own],
    }),
    "a scope that another challenge names with the token": registry({
      challenge: (host, token) => `realm="https://${host}/token"${token === undefined ? "" : `,scope="${underKey}"`}`,
      path: "/token",
      scopes: [own, underKey],
    }),
  };
  for (const [name, script] of Object.entries(good)) {
    it(`${name}: accepted with a good login, refused with another`, async () => {
      const image = "docker/team/fleet:v1";
      const { host, lines } = await serve(script);
      deepEqual((await askOne(`${host}/${image}`)).verdict, { kind: "accepted", credential: "used" });
      ok(!lines.includes("GET /v2/"), "nothing else is asked");
      equal((await askOne(`${host}/${image}`, otherLogin)).verdict.kind, "wrong-credential");
    });
  }

  it("another challenge is followed once", async () => {
    let realms = 0;
    const server = await serve(({ url, headers: { host } }) =>
      url.includes("/token")
        ? tokenReply(markerToken)
        : withChallenge(`Bearer realm="https://${host}/${realms++}/token"`),
    );
    const { verdict } = await askOne(`${server.host}/a/b:1`);
    deepEqual(withoutHost(verdict), { kind: "no-right", status: 401, from: "registry" });
    const head = "HEAD /v2/a/b/manifests/1";
    const token = (realm: number) => `GET /${realm}/token?scope=repository%3Aa%2Fb%3Apull`;
    deepEqual(server.lines, [head, token(0), head, token(1), head]);
  });

  it("the same challenge is not followed again, in whatever order its scopes are", async () => {
    let asked = 0;
    const scopes = ["aws repository:a/b:pull", "repository:a/b:pull  aws", "aws"];
    const server = await serve(({ url, headers: { host } }) =>
      url.includes("/token")
        ? tokenReply(markerToken)
        : withChallenge(`Bearer realm="https://${host}/token",scope="${scopes[asked++]}",error="insufficient_scope"`),
    );
    const { verdict } = await askOne(`${server.host}/a/b:1`);
    deepEqual(withoutHost(verdict), {
      kind: "no-right",
      status: 401,
      from: "registry",
      said: "insufficient_scope",
    });
    equal(server.lines.length, 3);
  });

  it("a login is not sent to the registry after it was refused there", async () => {
    const realms = ["a", "b", "c"];
    const server = await serve(() => withChallenge(`Basic realm="${realms.shift() ?? "d"}"`));
    equal((await askOne(`${server.host}/a/b:1`)).verdict.kind, "wrong-credential");
    equal(server.lines.filter((line) => line.startsWith("HEAD")).length, 2);
  });

  it("Basic: another realm at the root says nothing of the login", async () => {
    const server = await serve(({ url, headers: { authorization } }) =>
      url === "/v2/"
        ? withChallenge('Basic realm="root"')
        : authorization === right
          ? manifest
          : withChallenge('Basic realm="team"'),
    );
    deepEqual((await askOne(`${server.host}/team/fleet:v1`)).verdict, { kind: "accepted", credential: "used" });
    equal((await askOne(`${server.host}/team/fleet:v1`, otherLogin)).verdict.kind, "wrong-credential");
  });

  it("what hides from nobody in particular is asked with what the root wants", async () => {
    const server = await serve((request, ...rest) =>
      request.headers.authorization === undefined && request.url !== "/v2/"
        ? { status: 404 }
        : basicRegistry(() => manifest)(request, ...rest),
    );
    const image = `${server.host}/team/fleet:v1`;
    deepEqual(withoutHost((await askOne(image)).verdict), { kind: "contradictory", status: 404, refused: "nobody" });
    equal((await askOne(image, otherLogin)).verdict.kind, "wrong-credential");
    equal((await askOne(image, null)).verdict.kind, "no-such-image");
  });

  it("a manifest that is there for GET alone is a contradiction, whatever way led to it", async () => {
    for (const status of [403, 404] as const) {
      const byGet: Script = ({ method }) => (method === "GET" ? manifest : errorReply(status, "DENIED", "HEAD"));
      const contradictory = { kind: "contradictory", status, refused: "HEAD" };
      const open = await serve(byGet);
      deepEqual(withoutHost((await askOne(`${open.host}/a/b:1`, null)).verdict), contradictory);
      const closed = await serve((request, ...rest) =>
        request.headers.authorization === right
          ? byGet(request, ...rest)
          : basicRegistry(() => manifest)(request, ...rest),
      );
      deepEqual(withoutHost((await askOne(`${closed.host}/a/b:1`)).verdict), contradictory);
    }
    // A page is no manifest.
    const page = { status: 200, headers: { "content-type": "text/html" } };
    const portal = await serve(({ method, url }) =>
      url === "/v2/" ? { status: 200 } : method === "GET" ? page : { status: 404 },
    );
    equal((await askOne(`${portal.host}/a/b:1`)).verdict.kind, "no-such-image");
  });
});
