import { deepStrictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { nearest } from "../../../registry/nearest";

describe("nearest", () => {
  const known = ["registries", "registryPasswords", "imageTag", "ghcr.io", "tls"];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["registires", "registries"],
    ["registrypasswords", "registryPasswords"],
    ["imageTags", "imageTag"],
    ["ghrc.io", "ghcr.io"],
    ["gcr.io", "ghcr.io"],
    ["quay.io", undefined],
    ["tsl", "tls"],
    ["abc", undefined],
    ["", undefined],
  ];
  for (const [word, expected] of cases) {
    it(`finds ${expected ?? "nothing"} for "${word}"`, () => deepStrictEqual(nearest(word, known), expected));
  }

  it("takes the first of several that are equally near", () =>
    deepStrictEqual(nearest("namex", ["namea", "nameb"]), "namea"));

  it("finds every known word that lost one character", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{5,20}$/), fc.nat(), (word, n) => {
        const at = n % word.length;
        return nearest(word.slice(0, at) + word.slice(at + 1), [word]) === word;
      }),
    );
  });
});
