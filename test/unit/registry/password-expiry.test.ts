import assert from "node:assert/strict";
import { expiryInPassword, passwordExpiry } from "../../../registry/password-expiry";
import { SecretText } from "../../../registry/secret-text";

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: unknown) => `${encoded({ alg: "none" })}.${encoded(claims)}.c2lnbmF0dXJl`;
const seconds = (time: string) => Date.parse(time) / 1000;

describe("a password that says itself when it ends", () => {
  const cases: Readonly<Record<string, readonly [password: string, day: string | undefined]>> = {
    "a JSON Web Token": [jwt({ sub: "bot", exp: seconds("2027-03-01T23:59:59Z") }), "2027-03-01"],
    "one with a part of a second": [jwt({ exp: seconds("2027-03-01T00:00:00Z") + 0.5 }), "2027-03-01"],
    "a login of Amazon ECR": [
      Buffer.from(JSON.stringify({ payload: "x", version: "2", expiration: seconds("2027-03-01T08:00:00Z") })).toString(
        "base64",
      ),
      "2027-03-01",
    ],
    "a token without an end": [jwt({ sub: "bot" }), undefined],
    "an end that is text": [jwt({ exp: "2027-03-01" }), undefined],
    "an end in milliseconds": [jwt({ exp: Date.parse("2027-03-01") }), undefined],
    "an end of zero": [jwt({ exp: 0 }), undefined],
    "claims that are none": [jwt(null), undefined],
    "three parts that are no token": ["one.two.three", undefined],
    "a token of GitHub's": ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", undefined],
    "a password with dots": ["a.b c.d", undefined],
    digits: ["1234567890", undefined],
    "a key file": ['{"type":"service_account","expiration":1803859200}', undefined],
  };
  for (const [name, [password, day]] of Object.entries(cases)) {
    it(`${name}: ${day ?? "nothing"}`, () => assert.equal(expiryInPassword(password), day));
  }

  it("counts beside the day that a person wrote down: the earlier one does", () => {
    const password = jwt({ exp: seconds("2027-03-01T08:00:00Z") });
    const days = (expires?: string) =>
      passwordExpiry({ expires, password: new SecretText(password) }, new Date("2027-02-27T10:00:00Z"));
    assert.deepEqual(days(), { day: "2027-03-01", days: 2 });
    assert.deepEqual(days("2028-01-01"), { day: "2027-03-01", days: 2 });
    assert.deepEqual(days("2027-02-28"), { day: "2027-02-28", days: 1 });
    assert.equal(passwordExpiry({ password: new SecretText("other") }, new Date()), undefined);
  });
});
