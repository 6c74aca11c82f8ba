import { deepEqual } from "node:assert/strict";
import type { Verdict } from "../../../../registry/client/probe";
import { askOne, closeAll, login, serve } from "./probing";
import { basicCases } from "./verdict-cases-basic";
import { bearerCases } from "./verdict-cases-bearer";

describe("what a registry's answers mean", () => {
  afterEach(closeAll);

  for (const [name, [script, expected, given]] of Object.entries({ ...basicCases, ...bearerCases })) {
    it(name, async () => {
      const server = await serve(script);
      const result = await askOne(`${server.host}/team/fleet:v1`, given);
      const { host = server.host, ...verdict } = result.verdict as Verdict & { host?: string };
      deepEqual([host, verdict], [server.host, expected]);
      const username = given === null || given?.password === "" ? {} : { username: login.username };
      deepEqual(result, {
        image: `${server.host}/team/fleet:v1`,
        registry: server.host,
        ...username,
        verdict: result.verdict,
      });
    });
  }

  it("asks nothing for what is no image reference", async () => {
    deepEqual(await askOne("registry.test/Team/fleet:v1", null), {
      image: "registry.test/Team/fleet:v1",
      registry: "",
      verdict: { kind: "invalid-image", problem: "has an upper-case letter in its repository" },
    });
  });
});
