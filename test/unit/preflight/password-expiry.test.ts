import assert from "node:assert/strict";
import { expiryWarnings } from "../../../preflight";
import { issueText } from "../../../registry/issue";
import { SecretText } from "../../../registry/secret-text";

describe("the end of a password's life", () => {
  const set = `set a new password with pulumi config set --secret --path 'registryPasswords["ghcr.io"]'`;
  const warn = (now: string, expires = "2027-03-01") =>
    expiryWarnings([{ key: "ghcr.io", account: "bot", renewal: set, expires }], new Date(now)).map(issueText);

  const cases: Readonly<Record<string, readonly [now: string, words?: string]>> = {
    "15 days before": ["2027-02-14T00:00:00Z"],
    "14 days before": ["2027-02-15T00:00:00Z", "expires on 2027-03-01, in 14 days"],
    "14 days before, in the evening": ["2027-02-15T23:59:59Z", "expires on 2027-03-01, in 14 days"],
    "the day before": ["2027-02-28T12:00:00Z", "expires on 2027-03-01, in 1 day"],
    "the day itself, at its beginning": ["2027-03-01T00:00:00Z", "expires on 2027-03-01, today"],
    "the day itself, in the evening": ["2027-03-01T23:59:59Z", "expires on 2027-03-01, today"],
    "the day after": [
      "2027-03-02T00:00:00Z",
      "was to expire on 2027-03-01: whether it still works, the registry decides",
    ],
    "a year after": [
      "2028-03-02T00:00:00Z",
      "was to expire on 2027-03-01: whether it still works, the registry decides",
    ],
  };
  for (const [name, [now, words]] of Object.entries(cases)) {
    it(`${name}: ${words ?? "nothing"}`, () => {
      const expected = words === undefined ? [] : [`The password of bot for ghcr.io ${words}; ${set}`];
      assert.deepEqual(warn(now), expected);
    });
  }

  it("is told of a token that says its end itself, and no part of it is in the words", () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const password = `${part({ alg: "ES256" })}.${part({ exp: Date.parse("2027-03-01T09:00:00Z") / 1000 })}.marker`;
    const registries = [{ key: "ghcr.io", account: "bot", renewal: set, password: new SecretText(password) }];
    const told = expiryWarnings(registries, new Date("2027-02-27T10:00:00Z")).map(issueText);
    assert.deepEqual(told, [`The password of bot for ghcr.io expires on 2027-03-01, in 2 days; ${set}`]);
  });

  it("is told for each password that has one", () => {
    const registries = [
      { key: "a.io", account: "a", renewal: "renew a", expires: "2027-03-02" },
      { key: "b.io", account: "b", renewal: "renew b" },
      { key: "c.io", account: "c", renewal: "renew c", expires: "2028-01-01" },
      { key: "d.io/team", account: "d", renewal: "renew d", expires: "2027-03-01" },
    ];
    assert.deepEqual(expiryWarnings(registries, new Date("2027-03-01T10:00:00Z")).map(issueText), [
      "The password of a for a.io expires on 2027-03-02, in 1 day; renew a",
      "The password of d for d.io/team expires on 2027-03-01, today; renew d",
    ]);
  });
});
