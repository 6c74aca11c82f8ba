import { deepEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { parseChallenges } from "../../../../registry/client/challenge";

type Expected = readonly (readonly [scheme: string, parameters: Readonly<Record<string, string>>])[];

const cases: readonly (readonly [header: string | readonly string[] | undefined, expected: Expected])[] = [
  [undefined, []],
  ["", []],
  [" , ,", []],
  ["Basic", [["basic", {}]]],
  ['Basic realm="test"', [["basic", { realm: "test" }]]],
  [
    'Bearer realm="https://auth.example.com/token?a=b,c",service="registry, one",scope="repository:a/b:pull,push"',
    [
      [
        "bearer",
        {
          realm: "https://auth.example.com/token?a=b,c",
          service: "registry, one",
          scope: "repository:a/b:pull,push",
        },
      ],
    ],
  ],
  [
    'Basic realm="one", charset="UTF-8", Bearer realm="https://a.test/t"',
    [
      ["basic", { realm: "one", charset: "UTF-8" }],
      ["bearer", { realm: "https://a.test/t" }],
    ],
  ],
  [
    ['Bearer realm="https://a.test/t"', 'basic realm="x"'],
    [
      ["bearer", { realm: "https://a.test/t" }],
      ["basic", { realm: "x" }],
    ],
  ],
  [
    'Negotiate, NTLM TlRMTVNTUAAC==, BEARER Realm = "https://a.test/t" , error="insufficient_scope"',
    [
      ["negotiate", {}],
      ["ntlm", {}],
      ["bearer", { realm: "https://a.test/t", error: "insufficient_scope" }],
    ],
  ],
  ['Basic realm="with \\"quotes\\" and \\\\"', [["basic", { realm: 'with "quotes" and \\' }]]],
  ["Bearer realm=https://a.test/token,service=x", [["bearer", { realm: "https://a.test/token", service: "x" }]]],
  ['Bearer realm="a", realm="b"', [["bearer", { realm: "b" }]]],
  ['Bearer realm="never ends', [["bearer", {}]]],
  ['Basic realm="x"; nonsense', [["basic", { realm: "x" }]]],
  ['"quoted" Basic', []],
];

describe("the challenges of WWW-Authenticate", () => {
  for (const [header, expected] of cases) {
    it(JSON.stringify(header ?? "no header"), () => {
      const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
      deepEqual(found, expected);
    });
  }

  it("whatever the parameters' values are, quoted ones come back", () => {
    const value = fc.string({ unit: fc.constantFrom(...'ab \\",=/:é\t') });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("realm", "service", "scope", "error"), value), (parameters) => {
        const pairs = Object.entries(parameters).map(([name, text]) => `${name}="${text.replace(/[\\"]/g, "\\$&")}"`);
        const [challenge] = parseChallenges(`Bearer ${pairs.join(", ")}, Basic`);
        deepEqual({ ...Object.fromEntries(challenge?.parameters ?? []) }, { ...parameters });
      }),
    );
  });

  it("ends for every header", () => {
    const text = fc.string({ unit: fc.constantFrom(...'Basic Bearer="\\,;=  \t'), maxLength: 200 });
    fc.assert(fc.property(text, (header) => parseChallenges(header).length >= 0));
    const long = `Bearer ${'a="b",'.repeat(3000)}${'"\\'.repeat(3000)}`;
    deepEqual(parseChallenges(long).length, 1);
  });
});
