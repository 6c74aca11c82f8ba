import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { dockerConfigJson, parseDockerConfigJson } from "../../../registry/docker-config";
import { revealed } from "../support/revealed";

const type = "kubernetes.io/dockerconfigjson";

describe("dockerConfigJson", () => {
  it("has sorted keys and the auth that docker writes", () =>
    strictEqual(
      dockerConfigJson("ghcr.io", { username: "fleet-puller", password: "pa:ss", email: "ops@example.com" }),
      '{"auths":{"ghcr.io":{"auth":"ZmxlZXQtcHVsbGVyOnBhOnNz","email":"ops@example.com","password":"pa:ss","username":"fleet-puller"}}}',
    ));

  it("leaves a missing e-mail address out", () =>
    strictEqual(
      dockerConfigJson("x", { username: "u", password: "p" }),
      '{"auths":{"x":{"auth":"dTpw","password":"p","username":"u"}}}',
    ));

  it("is read back as it was written, whatever the password", () => {
    const text = fc.string({ unit: "binary", maxLength: 100 });
    fc.assert(
      fc.property(text, text, text, (name, password, email) => {
        const username = name.replaceAll(":", "");
        deepStrictEqual(
          revealed(parseDockerConfigJson(dockerConfigJson("ghcr.io", { username, password, email }), type)),
          {
            kind: "entries",
            entries: [{ server: "ghcr.io", username, password, email }],
          },
        );
      }),
      {
        examples: [
          ["u", `"'\\$%\${x}😀 é\u2028`, ""],
          ["u", "🔑$".repeat(800), "a@b"],
        ],
      },
    );
  });
});

describe("parseDockerConfigJson", () => {
  const entry = { server: "ghcr.io", username: "u", password: "p", email: "" };
  const one = (json: string) => revealed(parseDockerConfigJson(`{"auths":{"ghcr.io":${json}}}`, type));

  it("lets auth override username and password", () =>
    deepStrictEqual(one('{"auth":"dTpw","username":"other","password":"other"}'), {
      kind: "entries",
      entries: [entry],
    }));

  it("takes unpadded base64 and line breaks in it", () => {
    deepStrictEqual(one('{"auth":"dTpwdw"}'), { kind: "entries", entries: [{ ...entry, password: "pw" }] });
    deepStrictEqual(one('{"auth":"dTpw\\ndw==\\n"}'), { kind: "entries", entries: [{ ...entry, password: "pw" }] });
  });

  it("takes field names in any case, and a null entry as one without username", () => {
    deepStrictEqual(one('{"Username":"u","PASSWORD":"p"}'), { kind: "entries", entries: [entry] });
    deepStrictEqual(one("null"), { kind: "entries", entries: [{ ...entry, username: "", password: "" }] });
  });

  it("reads .dockercfg, which has no auths around it", () =>
    deepStrictEqual(
      revealed(parseDockerConfigJson('{"ghcr.io":{"username":"u","password":"p"}}', "kubernetes.io/dockercfg")),
      {
        kind: "entries",
        entries: [entry],
      },
    ));

  it("looks at each of several entries with one name, as Go does", () =>
    deepStrictEqual(parseDockerConfigJson('{"auths":{"ghcr.io":{"auth":"!"},"ghcr.io":{"auth":"dTpw"}}}', type), {
      kind: "broken",
      problem: "cannot be read by the kubelet: entry 1 has an auth that is not base64 of username:password",
    }));

  const ignored: readonly (readonly [string | undefined, string, string])[] = [
    ["{}", "Opaque", "is not of type kubernetes.io/dockerconfigjson"],
    [undefined, type, "has no .dockerconfigjson"],
    ["", "kubernetes.io/dockercfg", "has no .dockercfg"],
  ];
  for (const [text, kind, problem] of ignored) {
    it(`passes over a Secret that ${problem}`, () =>
      deepStrictEqual(parseDockerConfigJson(text, kind), { kind: "ignored", problem }));
  }

  const broken: Readonly<Record<string, string>> = {
    '{"auths":{': "its content is not JSON",
    [Buffer.from('{"auths":{"ghcr.io":{"auth":"dTpw"}}}').toString("base64")]: "its content is base64 twice over",
    [`${Buffer.from('{"auths":{}}').toString("base64")}\n`]: "its content is base64 twice over",
    dTpw: "its content is not JSON",
    "[]": "its content is not an object",
    '{"auths":[]}': "auths is not an object",
    '{"auths":{"a":{},"b":7}}': "entry 2 is not an object",
    '{"auths":{"a":{"password":7}}}': "entry 1 has a password that is not text",
    '{"auths":{"a":{"auth":"c2VjcmV0"}}}': "entry 1 has an auth that is not base64 of username:password",
    '{"HttpHeaders":{"a":1}}': "HttpHeaders has a value that is not text",
    [`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`]: "its content is not JSON",
  };
  for (const [text, problem] of Object.entries(broken)) {
    it(`finds ${text.slice(0, 40)} unreadable: ${problem}`, () =>
      deepStrictEqual(parseDockerConfigJson(text, type), {
        kind: "broken",
        problem: `cannot be read by the kubelet: ${problem}`,
      }));
  }

  it("never throws, and never says what the content is", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 12, maxLength: 40 }),
        fc.constantFrom("auth", "password", "text"),
        (marker, place) => {
          const text =
            place === "text"
              ? marker
              : `{"auths":{${JSON.stringify(marker)}:{"${place}":[${JSON.stringify(marker)}]}}}`;
          const config = parseDockerConfigJson(text, type);
          ok(config.kind === "entries" || !config.problem.includes(marker));
        },
      ),
    );
  });
});
