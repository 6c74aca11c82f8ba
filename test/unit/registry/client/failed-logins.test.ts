import { deepEqual, equal, ok } from "node:assert/strict";
import type { Reply, Script } from "../../../support/fake-registry";
import {
  ask,
  askOne,
  bearerRegistry,
  closeAll,
  errorReply,
  jwt,
  login,
  manifest,
  otherLogin,
  serve,
  tokenReply,
  unauthorized,
} from "./probing";

const wrong = { ...login, password: "n0t-the-marker-passw0rd" };
const header = ({ username, password }: typeof login) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
const accounts = [login, otherLogin].map(header);

const nobody = { iss: "harbor-token-issuer", access: [] };

/** A registry or token service that knows `login` and `otherLogin`, and counts what it refuses. */
class Counting {
  failures = 0;
  constructor(private readonly refuse: () => Reply = () => ({ status: 401 })) {}

  judge(authorization: string | undefined, good: () => Reply): Reply {
    if (authorization !== undefined && accounts.includes(authorization)) return good();
    this.failures++;
    return this.refuse();
  }

  readonly bearer: Script = bearerRegistry(
    (_query, authorization) => this.judge(authorization, () => tokenReply(jwt({ sub: login.username }))),
    () => manifest,
  );

  /** A token for nobody in return for a wrong password, as Harbor gives. */
  readonly lenientBearer: Script = bearerRegistry(
    (_query, authorization) => {
      const known = this.judge(authorization, () => ({ status: 200 })).status === 200;
      return tokenReply(jwt(known ? { sub: login.username } : nobody));
    },
    () => manifest,
  );

  readonly basic: Script = ({ headers: { authorization } }) =>
    authorization === undefined ? unauthorized : this.judge(authorization, () => manifest);

  readonly basicWithOpenRoot: Script = (request, ...rest) =>
    request.url === "/v2/" ? { status: 200, body: "{}" } : this.basic(request, ...rest);

  readonly basicWithPublicImage: Script = (request, ...rest) =>
    request.url.includes("/public/") ? manifest : this.basic(request, ...rest);
}

const images = ["public/a:1", "team/b:1", "team/c:1", "team/d:1"];

describe("a wrong password is one failure, whatever the number of images", () => {
  afterEach(closeAll);

  const kinds: Readonly<Record<string, (counting: Counting) => Script>> = {
    Bearer: ({ bearer }) => bearer,
    Basic: ({ basic }) => basic,
    "Basic with an open root": ({ basicWithOpenRoot }) => basicWithOpenRoot,
    "Basic, and the first image is public": ({ basicWithPublicImage }) => basicWithPublicImage,
  };
  for (const [name, scriptOf] of Object.entries(kinds)) {
    it(name, async () => {
      const counting = new Counting(() => (name === "Bearer" ? { status: 401 } : unauthorized));
      const server = await serve(scriptOf(counting));
      const targets = images.map((image) => ({ image: `${server.host}/${image}`, login: wrong }));
      const results = await ask(targets, { leastPrivilege: true });
      const expected = name.includes("public") ? ["accepted"] : ["wrong-credential"];
      deepEqual(
        results.map(({ verdict }) => verdict.kind),
        [...expected, ...Array<string>(3).fill("wrong-credential")],
      );
      // Every image gets the words of the one refusal.
      equal(new Set(results.slice(1).map(({ verdict }) => JSON.stringify(verdict))).size, 1);
      equal(counting.failures, 1);

      const good = await ask(
        targets.map((target) => ({ ...target, login })),
        { leastPrivilege: true },
      );
      ok(good.every(({ verdict }) => verdict.kind === "accepted"));
      equal(counting.failures, 1);
    });
  }

  it("also where the token service passes over it, and the registry does not", async () => {
    const counting = new Counting();
    const lenient = counting.lenientBearer;
    const server = await serve((request, ...rest) => {
      const reply = lenient(request, ...rest);
      const claims = Buffer.from(request.headers.authorization?.split(".")[1] ?? "", "base64url").toString();
      return claims === JSON.stringify(nobody) ? { status: 401 } : reply;
    });
    const results = await ask(images.map((image) => ({ image: `${server.host}/${image}`, login: wrong })));
    ok(results.every(({ verdict }) => verdict.kind === "wrong-credential"));
    equal(counting.failures, 1);
  });

  it("a preview, up's own preview and a gateway that fails in between stay below three", async () => {
    for (const way of ["bearer", "basic"] as const) {
      const counting = new Counting(() => (way === "bearer" ? { status: 401 } : unauthorized));
      const seen = new Map<string, number>();
      const server = await serve((request, ...rest) => {
        const key = `${request.url} ${request.headers.authorization}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if ((seen.get(key) ?? 0) % 2 === 1) return { status: 502 };
        return counting[way](request, ...rest);
      });
      const targets = images.map((image) => ({ image: `${server.host}/${image}`, login: wrong }));
      for (let run = 0; run < 2; run++) {
        const results = await ask(targets);
        ok(results.every(({ verdict }) => verdict.kind === "wrong-credential"));
      }
      equal(counting.failures, 2, way);
    }
  });

  it("and one that is only for some images is asked about each: a no to one says nothing of others", async () => {
    let atOnce = 0;
    let most = 0;
    const server = await serve((request, socket, response) => {
      if (!request.url.startsWith("/token")) {
        return bearerRegistry(
          () => ({ status: 500 }),
          () => manifest,
        )(request, socket, response);
      }
      most = Math.max(most, ++atOnce);
      setTimeout(() => {
        atOnce--;
        const denied = request.url.includes("team");
        response.writeHead(denied ? 403 : 200).end(denied ? undefined : JSON.stringify({ token: "marker-token" }));
      }, 20);
      return "written";
    });
    const of = async (...names: readonly string[]) => {
      const results = await ask(names.map((name) => ({ image: `${server.host}/${name}:1`, login })));
      return results.map(({ verdict }) => verdict.kind);
    };
    deepEqual(await of("team/a", "team/b", "open/c", "open/d"), ["no-right", "no-right", "accepted", "accepted"]);
    most = 0;
    // A token service may say so of a wrong password, too.
    deepEqual(await of("team/a", "team/b", "team/c"), Array<string>(3).fill("no-right"));
    equal(most, 1);
  });
});

describe("the credentials of one account", () => {
  afterEach(closeAll);

  /** Refuses an account at once while one of its failures is answered, as Harbor does for 1.5 s. */
  const freezing =
    (answerAfter: number): Script =>
    (request, socket, response) => {
      const { url, headers } = request;
      if (!url.startsWith("/token")) {
        return bearerRegistry(
          () => ({ status: 500 }),
          () => manifest,
        )(request, socket, response);
      }
      const authorization = headers.authorization ?? "";
      const [account = ""] = Buffer.from(authorization.slice("Basic ".length), "base64").toString().split(":");
      if (frozen.has(account)) return { status: 401 };
      if (accounts.includes(authorization)) return tokenReply(jwt({ sub: account }));
      frozen.add(account);
      setTimeout(() => {
        frozen.delete(account);
        response.writeHead(401).end();
      }, answerAfter);
      return "written";
    };
  const frozen = new Set<string>();

  it("are tried one after the other, so that a wrong one does not lock out the right one", async () => {
    const { host } = await serve(freezing(200));
    const targets = ["a", "b"].flatMap((name) =>
      [wrong, login].map((used) => ({ image: `${host}/${name}:1`, login: used })),
    );
    const results = await ask(targets);
    deepEqual(
      results.map(({ verdict }) => verdict.kind),
      ["wrong-credential", "accepted", "wrong-credential", "accepted"],
    );
  });

  it("and others meanwhile", async () => {
    const { host } = await serve(freezing(300));
    const start = performance.now();
    const unknown = ["x", "y", "z"].map((username) => ({ username, password: "n0t-the-marker-passw0rd" }));
    const results = await ask(unknown.map((used) => ({ image: `${host}/a:1`, login: used })));
    ok(results.every(({ verdict }) => verdict.kind === "wrong-credential"));
    ok(performance.now() - start < 850, "three accounts take no longer than one");
  });
});

describe("too many failed logins", () => {
  afterEach(closeAll);

  const words = "too many failed login attempts for username or IP address";
  const limited = { kind: "rate-limited", status: 429, afterFailedLogins: true, said: words };

  it("are no limit of a rate, and end the questions with that login", async () => {
    const tooMany = { status: 429, body: JSON.stringify({ details: words }) };
    const hub = await serve(
      bearerRegistry(
        () => tooMany,
        () => manifest,
      ),
    );
    const results = await ask(images.map((image) => ({ image: `${hub.host}/${image}`, login })));
    for (const { verdict } of results) deepEqual(verdict, { ...limited, host: hub.host, from: "token service" });
    equal(hub.lines.filter((line) => line.startsWith("GET /token")).length, 1);

    const basic = await serve(({ headers: { authorization } }) =>
      authorization === undefined ? unauthorized : tooMany,
    );
    const [first] = await ask(images.map((image) => ({ image: `${basic.host}/${image}`, login })));
    deepEqual(first?.verdict, { ...limited, host: basic.host, from: "registry" });
    equal(basic.requests.filter(({ headers }) => headers.authorization !== undefined).length, 1);
  });

  it("with 403 are no missing right, as Artifactory says it", async () => {
    const said = "This request is blocked due to recurrent login failures, please try again in 5 seconds";
    const blocked: Reply = { status: 403, body: JSON.stringify({ errors: [{ status: 403, message: said }] }) };
    const ways: readonly Script[] = [
      bearerRegistry(
        () => blocked,
        () => manifest,
      ),
      ({ headers: { authorization } }) => (authorization === undefined ? unauthorized : blocked),
    ];
    for (const way of ways) {
      const server = await serve(way);
      const results = await ask(images.map((image) => ({ image: `${server.host}/${image}`, login })));
      for (const { verdict } of results) {
        ok(verdict.kind === "rate-limited" && verdict.status === 403 && verdict.afterFailedLogins === true);
        equal(verdict.said, said);
      }
      equal(server.requests.filter(({ headers }) => headers.authorization !== undefined).length, 1);
    }
  });

  it("are told from other limits by the registry's words", async () => {
    for (const [said, expected] of [
      ["Login is blocked due to recurrent login failures", true],
      ["Too many failed sign-ins", true],
      ["You have reached your pull rate limit. Log in to raise it", undefined],
    ] as const) {
      const { host } = await serve(() => errorReply(429, "TOOMANYREQUESTS", said));
      const { verdict } = await askOne(`${host}/a:1`);
      ok(verdict.kind === "rate-limited");
      equal(verdict.afterFailedLogins, expected);
    }
  });
});
