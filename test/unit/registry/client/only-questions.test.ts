import { deepEqual, equal, ok } from "node:assert/strict";
import type { RecordedRequest } from "../../../support/fake-registry";
import { moreThanQuestions } from "./more-than-questions";
import { askOne, bearerRegistry, closeAll, granting, jwt, login, manifest, serve, tokenReply } from "./probing";
import { basicCases } from "./verdict-cases-basic";
import { bearerCases } from "./verdict-cases-bearer";

const options = { leastPrivilege: true };

/** `closeAll` watches every request of every test; here with the question that could be more than one. */
describe("only questions are asked", () => {
  afterEach(closeAll);

  for (const [name, [script, { kind }, given]] of Object.entries({ ...basicCases, ...bearerCases })) {
    it(`for the verdict of "${name}"`, async () => {
      const server = await serve(script);
      equal((await askOne(`${server.host}/team/fleet:v1`, given, options)).verdict.kind, kind);
      ok(server.requests.length > 0);
    });
  }

  it("of a registry that makes a repository for who wants to push to it", async () => {
    const repositories = new Set(["team/fleet"]);
    const quay = bearerRegistry(
      (query) => {
        const [, name = "", wanted = ""] = /^repository:(.*):(.*)$/.exec(query.get("scope") ?? "") ?? [];
        const actions = wanted.split(",");
        if (actions.includes("push")) repositories.add(name);
        const access = repositories.has(name) ? [{ type: "repository", name, actions }] : [];
        return tokenReply(jwt({ sub: login.username, access }));
      },
      (url) => (repositories.has(url.split("/manifests/")[0]?.slice("/v2/".length) ?? "") ? manifest : { status: 404 }),
    );
    const { host } = await serve(quay);
    deepEqual((await askOne(`${host}/team/flet:v1`, login, options)).verdict.kind, "no-such-image");
    deepEqual(await askOne(`${host}/team/fleet:v1`, login, options).then(({ push }) => push), "granted");
    deepEqual([...repositories], ["team/fleet"]);
  });

  it("even where the registry itself wants a token for pushing", async () => {
    const server = await serve(({ url, headers }) => {
      if (url.startsWith("/token")) return tokenReply(jwt({ sub: login.username }));
      const challenge = `Bearer realm="https://${headers.host}/token",scope="repository:team/fleet:pull,push x:y:*"`;
      return headers.authorization === undefined
        ? { status: 401, headers: { "www-authenticate": challenge } }
        : manifest;
    });
    equal((await askOne(`${server.host}/team/fleet:v1`)).verdict.kind, "accepted");
    const query = new URL(server.lines[1]?.slice("GET ".length) ?? "", server.origin).searchParams;
    deepEqual(query.getAll("scope"), ["repository:team/fleet:pull", "x:y:*"]);
  });

  describe("and the watch sees", () => {
    let order = 0;
    const basic = "Basic bG9naW4=";
    const request = (line: string, authorization?: string, body?: string, status = 200): RecordedRequest => {
      const [method = "", url = ""] = line.split(" ");
      return { method, url, headers: { authorization }, order: order++, reply: { status, ...(body && { body }) } };
    };
    const push = "GET /token?scope=repository%3Aa%2Fb%3Apull%2Cpush";
    const token = () => request("GET /token?scope=repository%3Aa%2Fb%3Apull", basic, '{"token":"t"}');
    const cases: Readonly<Record<string, () => readonly RecordedRequest[]>> = {
      "what is no reading": () => [request("POST /v2/a/b/blobs/uploads/")],
      "a token for pushing before the image was given": () => [token(), request(push, basic)],
      "one after it was refused": () => [
        token(),
        request("HEAD /v2/a/b/manifests/1", "Bearer t", undefined, 404),
        request(push, basic),
      ],
      "one after another image was given": () => [
        token(),
        request("HEAD /v2/a/c/manifests/1", "Bearer t"),
        request(push, basic),
      ],
      "one after it was given to nobody": () => [token(), request("HEAD /v2/a/b/manifests/1"), request(push, basic)],
      "one of another login": () => [
        token(),
        request("HEAD /v2/a/b/manifests/1", "Bearer t"),
        request(push, "Basic b3RoZXI="),
      ],
      "one that asks for everything": () => [request("GET /token?scope=repository:a/b:*", basic)],
    };
    for (const [name, requests] of Object.entries(cases)) {
      it(name, () => equal(moreThanQuestions(requests()).length, 1));
    }

    it("and nothing else", async () => {
      const requests = [token(), request("HEAD /v2/a/b/manifests/1", "Bearer t"), request(push, basic)];
      deepEqual(moreThanQuestions(requests), []);
      const server = await serve(granting("pull", "push"));
      equal((await askOne(`${server.host}/a/b:1`, login, options)).push, "granted");
    });
  });
});
