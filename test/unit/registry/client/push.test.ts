import { equal, ok } from "node:assert/strict";
import {
  askOne,
  basicChallenge,
  basicRegistry,
  bearerRegistry,
  closeAll,
  granting,
  jwt,
  login,
  manifest,
  markerToken,
  serve,
  tokenReply,
} from "./probing";

describe("what a login may do beyond pulling", () => {
  afterEach(closeAll);

  const options = { leastPrivilege: true };

  it("granted, refused, and asked for only on demand", async () => {
    const may = await serve(granting("pull", "push"));
    const mayNot = await serve(granting("pull"));
    equal((await askOne(`${may.host}/team/fleet:v1`, login, options)).push, "granted");
    equal((await askOne(`${mayNot.host}/team/fleet:v1`, login, options)).push, "refused");
    ok(
      may.lines.includes(
        `GET /token?service=test-registry&scope=${encodeURIComponent("repository:team/fleet:pull,push")}`,
      ),
    );
    equal(may.lines.length, 4);

    const without = await serve(granting("pull", "push"));
    ok(!("push" in (await askOne(`${without.host}/team/fleet:v1`))));
    equal(without.lines.length, 3);
    ok(!("push" in (await askOne(`${without.host}/team/fleet:v1`, null, options))));
  });

  it("granted, and not asked for again, where the token has every right of the account, as Harbor's do", async () => {
    const access = [{ type: "repository", name: "team/fleet", actions: ["pull", "push"] }];
    const server = await serve(
      bearerRegistry(
        () => tokenReply(jwt({ sub: login.username, access })),
        () => manifest,
      ),
    );
    equal((await askOne(`${server.host}/team/fleet:v1`, login, options)).push, "granted");
    equal(server.lines.length, 3);
  });

  it("refused where the token service refuses the whole question", async () => {
    const denying = bearerRegistry(
      (query) =>
        query.get("scope")?.endsWith("push") === true ? { status: 403 } : tokenReply(jwt({ sub: "u", access: [] })),
      () => manifest,
    );
    const server = await serve(denying);
    equal((await askOne(`${server.host}/team/fleet:v1`, login, options)).push, "refused");
  });

  const unknown: Readonly<Record<string, Parameters<typeof serve>[0]>> = {
    "with Basic": basicRegistry(() => manifest),
    "with an opaque token": bearerRegistry(
      () => tokenReply(markerToken),
      () => manifest,
    ),
    "with a token that does not say": bearerRegistry(
      () => tokenReply(jwt({ sub: "u" })),
      () => manifest,
    ),
    "with a wrong password": () => ({ status: 401, headers: basicChallenge }),
    "when the token service breaks": bearerRegistry(
      (query) =>
        query.get("scope")?.endsWith("push") === true ? { status: 500 } : tokenReply(jwt({ sub: "u", access: [] })),
      () => manifest,
    ),
  };
  for (const [name, script] of Object.entries(unknown)) {
    it(`unknown ${name}`, async () => {
      const server = await serve(script);
      equal((await askOne(`${server.host}/team/fleet:v1`, login, options)).push, "unknown");
    });
  }
});
