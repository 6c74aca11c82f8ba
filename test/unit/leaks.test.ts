import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { formsOf, leaks } from "../support/leaks";

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
            ["SHA-256", formsOf(secret).get("SHA-256") ?? ""],
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

  it("finds nothing where nothing is", () => {
    assert.deepEqual(leaks("a-secret-of-some-length", new Map([["text", "another-secret-of-some-length"]])), []);
  });
});
