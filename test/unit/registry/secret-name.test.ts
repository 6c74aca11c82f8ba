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
        problem: "is not a name that Kubernetes takes for a Secret",
        fix: form,
      }));
  }

  it("refuses a name of 254 characters", () =>
    deepStrictEqual(checkSecretName("a".repeat(254)), {
      problem: "is longer than 253 characters",
      fix: "use a shorter name",
    }));

  it("reports every name of a list, and doubles", () =>
    deepStrictEqual(checkSecretNames("imagePullSecrets", ["good", "", 7, "good", { name: "x" }]), [
      { path: "imagePullSecrets[1]", problem: "is empty", fix: "write the name of a Secret, or remove the entry" },
      {
        path: "imagePullSecrets[2]",
        problem: "is not text",
        fix: 'write the name of a Secret in quotes: "team-registry"',
      },
      {
        path: "imagePullSecrets[3]",
        problem: "names the same Secret as imagePullSecrets[0]",
        fix: "keep one of the two",
      },
      {
        path: "imagePullSecrets[4]",
        problem: "is not text",
        fix: 'write the name of a Secret in quotes: "team-registry"',
      },
    ]));
});
