import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { dockerConfigJson } from "../../registry/docker-config";
import { writtenForms, leaks } from "../support/leaks";

/** The search that the leak tests rely on finds what is planted on purpose. */
describe("the leak search", () => {
  it("finds a secret in each of its forms, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 12, maxLength: 40 }),
        fc.string({ maxLength: 9 }),
        fc.string({ maxLength: 9 }),
        (secret, before, after) => {
          const text = `${before}${secret}${after}`;
          const base64 = Buffer.from(text).toString("base64");
          const planted = new Map([
            ["plain", text],
            ["URL", encodeURIComponent(secret)],
            ["JSON", JSON.stringify({ text })],
            ["base64", base64],
            ["SHA-256", writtenForms(secret).get("SHA-256") ?? ""],
          ]);
          const found = new Set(leaks(secret, planted).map((leak) => leak.split(":")[0]));
          assert.deepEqual(
            [...planted.keys()].filter((place) => !found.has(place)),
            [],
          );
        },
      ),
    );
  });

  it("finds base64 of base64, as a Secret's data has it", () => {
    const inner = Buffer.from("user:a-secret-of-some-length").toString("base64");
    const places = new Map([["data", Buffer.from(`{"auth":"${inner}"}`).toString("base64")]]);
    assert.notDeepEqual(leaks("a-secret-of-some-length", places), []);
  });

  it("finds a secret that is hard to quote in what carries it", () => {
    const secret = `a(.*)[z]+? $|\\d '"<&>%2B€🔑`;
    const config = dockerConfigJson("registry.example.com", { username: "user", password: secret });
    const goConfig = config.replaceAll("<", "\\u003c").replaceAll("&", "\\u0026").replaceAll(">", "\\u003e");
    const places = new Map([
      ["docker config without auth", config.replace(/"auth":"[^"]*",/, "")],
      ["annotation", JSON.stringify({ annotation: JSON.stringify({ secret }) })],
      ["data of a Secret", Buffer.from(config).toString("base64")],
      ["JSON of Go", goConfig.replace(/"auth":"[^"]*",/, "")],
      ["form", new URLSearchParams({ password: secret, service: "registry" }).toString()],
      ["query", "?password=a%28.%2A%29%5Bz%5D%2B%3F%20%24%7C%5Cd%20%27%22%3C%26%3E%252B%E2%82%AC%F0%9F%94%91"],
      ["Authorization", `Basic ${Buffer.from(`user:${secret}`).toString("base64")}`],
      ["hash", createHash("sha256").update(secret).digest("hex")],
    ]);
    const found = new Set(leaks(secret, places).map((leak) => leak.split(":")[0]));
    assert.deepEqual([...found], [...places.keys()]);
  });

  it("finds nothing where nothing is", () => {
    assert.deepEqual(leaks("a-secret-of-some-length", new Map([["text", "another-secret-of-some-length"]])), []);
  });
});
