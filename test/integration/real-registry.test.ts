import { deepEqual, ok } from "node:assert/strict";
import { RealRegistry } from "../support/real-registry";
import { TokenServer, type TokenUser } from "../support/token-server";
import { ask, login, otherLogin } from "../unit/registry/client/probing";

const wrong = { ...login, password: "n0t-the-password" };

describe("the reference registry (distribution 3)", function () {
  this.timeout(30_000);
  let registry: RealRegistry;
  const image = (rest: string) => `${registry.host}/${rest}`;

  before(async () => {
    registry = await RealRegistry.create();
    await registry.start();
    await registry.putImage("team/fleet", "v1");
    await registry.putImage("other/fleet", "v1");
  });
  after(() => registry.remove());

  it("with htpasswd", async () => {
    await registry.start(await registry.htpasswd({ [login.username]: login.password }));
    const results = await ask(
      [
        { image: image("team/fleet:v1"), login },
        { image: image("team/fleet:v1"), login: wrong },
        { image: image("team/fleet:v1"), login: otherLogin },
        { image: image("team/fleet:v1") },
        { image: image("team/fleet:v2"), login },
        { image: image("team/none:v1"), login },
      ],
      { leastPrivilege: true },
    );
    const authentication = "UNAUTHORIZED: authentication required";
    const source = { host: registry.host, from: "registry" };
    const username = login.username;
    deepEqual(
      results.map(({ verdict, push, username }) => ({ verdict, push, username })),
      [
        { verdict: { kind: "accepted", credential: "used" }, push: "unknown", username },
        {
          verdict: { kind: "wrong-credential", status: 401, ...source, said: authentication },
          push: "unknown",
          username,
        },
        {
          verdict: { kind: "wrong-credential", status: 401, ...source, said: authentication },
          push: "unknown",
          username: otherLogin.username,
        },
        { verdict: { kind: "login-needed", status: 401, ...source }, push: undefined, username: undefined },
        ...["v2", "v1"].map(() => ({
          verdict: {
            kind: "no-such-image",
            status: 404,
            missing: "manifest",
            ...source,
            said: "MANIFEST_UNKNOWN: manifest unknown",
          },
          push: "unknown",
          username,
        })),
      ],
    );
  });

  it("with a token service", async () => {
    const puller: TokenUser = {
      password: login.password,
      rights: { "team/fleet": ["pull"], "team/none": ["pull"] },
    };
    const pusher: TokenUser = { password: otherLogin.password, rights: { "*": ["pull", "push"] } };
    const users = { [login.username]: puller, [otherLogin.username]: pusher };
    const tokens = await TokenServer.start({ users, anonymous: { "other/fleet": ["pull"] } });
    try {
      await registry.start(tokens.registryAuth(registry.folder));
      const targets = [
        { image: image("team/fleet:v1"), login },
        { image: image("team/fleet:v1"), login: otherLogin },
        { image: image("other/fleet:v1"), login },
        { image: image("other/fleet:v1") },
        { image: image("team/fleet:v1") },
        { image: image("team/fleet:v1"), login: wrong },
        { image: image("team/none:v1"), login },
      ];
      const results = await ask(targets, { leastPrivilege: true });
      deepEqual(
        results.map(({ verdict, push }) => [verdict.kind, "from" in verdict ? verdict.from : undefined, push]),
        [
          ["accepted", undefined, "refused"],
          ["accepted", undefined, "granted"],
          ["no-right", "registry", "unknown"],
          ["accepted", undefined, undefined],
          ["login-needed", "registry", undefined],
          ["wrong-credential", "token service", "unknown"],
          ["no-such-image", "registry", "unknown"],
        ],
      );
      ok(tokens.requests.every(({ method }) => method === "GET"));

      // A right that is given shows at once.
      tokens.users.set(login.username, { ...puller, rights: { "*": ["pull"] } });
      const [, , now] = await ask(targets);
      deepEqual(now?.verdict, { kind: "accepted", credential: "used" });
    } finally {
      await tokens.close();
    }
  });
});
