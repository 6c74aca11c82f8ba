import { deepStrictEqual } from "node:assert/strict";
import { checkSecretName, checkSecretNames } from "../../../registry/secret-name";

describe("checkSecretName", () => {
  for (const name of ["a", "team-registry", "team.registry-1", "1", "a".repeat(253)]) {
    it(`takes ${name.slice(0, 20)}`, () => deepStrictEqual(checkSecretName(name), undefined));
  }

  const form = 'use lower-case letters, digits, "-" and ".", with a letter or digit at both ends of every part';
  for (const name of [
    "Team",
    "team_registry",
    "-team",
    "team-",
    ".team",
    "a..b",
    "a.-b",
    "team registry",
    "team\n",
    "é",
  ]) {
    it(`refuses ${JSON.stringify(name)}`, () =>
      deepStrictEqual(checkSecretName(name), {
        code: "malformed",
        sentence: "is not a name that Kubernetes takes for a Secret",
        fix: form,
      }));
  }

  it("refuses a name of 254 characters", () =>
    deepStrictEqual(checkSecretName("a".repeat(254)), {
      code: "malformed",
      sentence: "is longer than 253 characters",
      fix: "use a shorter name",
    }));

  it("reports every name of a list, and doubles", () =>
    deepStrictEqual(checkSecretNames("imagePullSecrets", ["good", "", 7, "good", { name: "x" }]), [
      {
        code: "missing",
        place: "imagePullSecrets[1]",
        sentence: "is empty",
        fix: "write the name of a Secret, or remove the entry",
      },
      {
        code: "malformed",
        place: "imagePullSecrets[2]",
        sentence: "is not text",
        fix: 'write the name of a Secret in quotes: "team-registry"',
      },
      {
        code: "duplicate",
        place: "imagePullSecrets[3]",
        sentence: "names the same Secret as imagePullSecrets[0]",
        fix: "keep one of the two",
      },
      {
        code: "malformed",
        place: "imagePullSecrets[4]",
        sentence: "is not text",
        fix: 'write the name of a Secret in quotes: "team-registry"',
      },
    ]));
});
