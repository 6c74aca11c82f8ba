import { deepEqual, equal, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { probeRegistries } from "../../../../registry/client/probe";
import { parseChallenges } from "../../../../registry/client/challenge";
import { KnownSecrets, oneLine } from "../../../../registry/client/known-secrets";
import { wordsOf } from "../../../../registry/client/registry-words";
import { testCertificate } from "../../../support/fake-registry";
import { leaks, writtenForms } from "../../../support/leaks";
import { askOne, basicRegistry, closeAll, jwt, login, manifest, otherLogin, serve, targetOf } from "./probing";

/** Written anew, not taken from the list that the client goes by. */
const encoders: Readonly<Record<string, (text: string) => string>> = {
  "in a URL": encodeURIComponent,
  "in a URL, in small letters": (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  "in a form": (text) => new URLSearchParams([["password", text]]).toString(),
  "in JSON": (text) => JSON.stringify(text),
  "in Go's JSON": (text) =>
    JSON.stringify(text).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026"),
  "in PHP's JSON": (text) => JSON.stringify(text).replaceAll("/", "\\/"),
  "in base64": (text) => Buffer.from(text).toString("base64"),
  "in base64url": (text) => Buffer.from(`user:${text}`).toString("base64url"),
  "in base64 twice": (text) => Buffer.from(Buffer.from(text).toString("base64")).toString("base64"),
  ...Object.fromEntries(
    [
      ["&#34;", "&#39;"],
      ["&quot;", "&#39;"],
      ["&quot;", "&#039;"],
      ["&quot;", "&#x27;"],
      ["&quot;", "&apos;"],
    ].map(([quote = "", apostrophe = ""]) => [
      `in HTML with ${quote} and ${apostrophe}`,
      (text: string) =>
        text
          .replaceAll("&", "&amp;")
          .replaceAll("<", "&lt;")
          .replaceAll(">", "&gt;")
          .replaceAll('"', quote)
          .replaceAll("'", apostrophe),
    ]),
  ),
};

const words = (body: string, type = "application/json", challenge?: string, secrets: readonly string[] = []) => {
  const url = new URL("https://registry.test/");
  const answer = {
    status: 403,
    headers: { "content-type": type },
    body,
    url,
    fromAskedHost: true,
    secrets: new KnownSecrets(secrets),
  };
  return wordsOf(answer, parseChallenges(challenge)).said;
};

describe("a registry's own words", () => {
  afterEach(closeAll);

  const cases: readonly (readonly [body: string, said: string | undefined, type?: string, challenge?: string])[] = [
    ['{"errors":[{"code":"DENIED","message":"no access"}]}', "DENIED: no access"],
    ['{"errors":[{"code":"A","message":"b"},{"code":"C"},{"message":"d"},{"code":"E"}]}', "A: b; C; d"],
    ['{"errors":[{"code":"DENIED","detail":"in detail"}]}', "DENIED: in detail"],
    ['{"errors":[{"code":"DENIED","detail":{"a":1}}]}', "DENIED"],
    ['{"errors":"no list","message":"m"}', "m"],
    ['{"errors":[1,null,[]],"error":"e"}', "e"],
    ['{"details":"incorrect username or password"}', "incorrect username or password"],
    ['{"error":"invalid_grant","error_description":"token expired"}', "token expired"],
    ["[]", undefined],
    ["null", undefined],
    ["{", undefined],
    ["plain words\r\nin two lines", "plain words in two lines", "text/plain; charset=utf-8"],
    ["<h1>page</h1>", undefined, "text/html"],
    ["", "insufficient_scope", undefined, 'Bearer realm="x",error="insufficient_scope"'],
    ["", "e: described", undefined, 'Bearer error="e",error_description="described"'],
    ['{"message":"a\\u0000b\\u001b[31mc\\u202ed\\u2028e"}', "a b [31mc d e"],
    [JSON.stringify({ message: "x".repeat(500) }), `${"x".repeat(199)}…`],
    [JSON.stringify({ message: "😀".repeat(201) }), `${"😀".repeat(99)}…`],
    ["::error::do as I say", "\\x3a:error::do as I say", "text/plain"],
    ["##[group]and I too", "\\x23#[group]and I too", "text/plain"],
  ];
  for (const [body, said, type, challenge] of cases) {
    it(JSON.stringify(body.slice(0, 60)) + (challenge ?? ""), () => equal(words(body, type, challenge), said));
  }

  it("never hold a secret in any form, wherever they repeat it", () => {
    const secret = fc
      .string({ minLength: 8, maxLength: 40, unit: "binary" })
      .filter((text) => /[^\p{C}\s]{8}/u.test(text));
    const around = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(secret, around, around, (password, before, after) => {
        const text = `${before}${password}${after}`;
        const echoes = [text, text.toUpperCase(), ...Object.values(encoders).map((encode) => encode(text))];
        for (const echo of echoes) {
          for (const body of [{ message: echo }, { errors: [{ code: "A", message: echo }] }]) {
            equal(words(JSON.stringify(body), undefined, undefined, [password]), undefined);
          }
          equal(words(echo, "text/plain", undefined, [password]), undefined);
        }
      }),
    );
  });

  for (const [name, encode] of Object.entries(encoders)) {
    it(`never hold a password ${name}`, () => {
      const password = `c0rrect/horse+"battery'&<staple>?é k`;
      const message = `Wrong password: ${encode(password)} (try again)`;
      equal(words(JSON.stringify({ message }), undefined, undefined, [password]), undefined);
      equal(words(JSON.stringify({ message }), undefined, undefined, ["an0ther-passw0rd"]), oneLine(message));
    });
  }

  it("never hold it in other letter case, where one capital has two small letters", () => {
    equal(words("LE MOT ΚΑΠΠΑ-1", "text/plain", undefined, ["ϰαππα-1"]), undefined);
  });

  it("are no way out for the password or the token, whichever answer repeats them", async () => {
    const token = jwt({ sub: login.username, access: [] });
    const basic = Buffer.from(`${login.username}:${login.password}`).toString("base64");
    const echo = `${login.password} ${basic} ${token}`;
    const body = JSON.stringify({ errors: [{ code: login.password, message: echo, detail: echo }], details: echo });
    const challenge = `error="${echo}",error_description="${echo}"`;
    const ways: readonly (() => Parameters<typeof serve>[0])[] = [
      () => () => ({ status: 401, headers: { "www-authenticate": `Basic ${challenge}` }, body }),
      () => () => ({ status: 429, headers: { "retry-after": echo }, body }),
      () => () => ({ status: 500, body }),
      () => () => ({ status: 302, headers: { location: `https://${encodeURIComponent(login.password)}@[/` } }),
      () => () => ({ status: 302, headers: { location: `http://a.test/${basic}` } }),
      ...[200, 401, 403, 404, 418, 429, 500].map((status) => () => {
        const script: Parameters<typeof serve>[0] = ({ url, headers: { host = "" } }) =>
          url === "/v2/"
            ? {
                status: 401,
                headers: { "www-authenticate": `Bearer realm="https://${host}/token",${challenge}` },
                body,
              }
            : { status, headers: { "www-authenticate": `Bearer ${challenge}` }, body };
        return script;
      }),
      ...[401, 403, 404, 418, 429, 500].map((status) => () => {
        const script: Parameters<typeof serve>[0] = ({ url, headers: { host = "" } }) =>
          url === "/v2/"
            ? { status: 401, headers: { "www-authenticate": `Bearer realm="https://${host}/token"` } }
            : url.startsWith("/token")
              ? { status: 200, body: JSON.stringify({ token }) }
              : { status, headers: { "www-authenticate": `Bearer ${challenge}` }, body };
        return script;
      }),
    ];
    const hash = createHash("sha256").update(login.password).digest("hex");
    for (const way of ways) {
      const server = await serve(way());
      const options = { caCertificate: testCertificate().ca, leastPrivilege: true };
      const results = JSON.stringify(
        await probeRegistries([targetOf({ image: `${server.host}/a/b:c`, login })], options),
      );
      const forms = [...writtenForms(login.password).values(), token, hash];
      deepEqual(
        forms.filter((form) => results.includes(form)),
        [],
        results,
      );
    }
  });

  it("a username that is the password, as DigitalOcean's is, is in no result", async () => {
    const token = "dop_v1_0123456789abcdef";
    const server = await serve(basicRegistry(() => manifest));
    for (const username of [token, `bot+${token}`, Buffer.from(token).toString("base64url")]) {
      const options = { caCertificate: testCertificate().ca };
      const targets = [targetOf({ image: `${server.host}/a/b:c`, login: { username, password: token } })];
      const [result] = await probeRegistries(targets, options);
      equal(result?.username, "***");
      deepEqual(leaks(token, new Map([["result", JSON.stringify(result)]])), []);
    }
  });

  it("a host's name is no way out either", async () => {
    const location = `https://${otherLogin.password}.invalid/`;
    const server = await serve(basicRegistry(() => ({ status: 302, headers: { location } }), otherLogin));
    const { verdict } = await askOne(`${server.host}/a/b:c`, otherLogin);
    ok(verdict.kind === "unreachable" && verdict.host === "another host");
  });

  it("are missing from a web page", async () => {
    const server = await serve(() => ({ status: 500, headers: { "content-type": "text/html" }, body: "<p>no</p>" }));
    const { verdict } = await askOne(`${server.host}/a/b:c`);
    deepEqual(verdict, { kind: "failing", host: server.host, from: "registry", status: 500, detail: "answers 500" });
  });
});
