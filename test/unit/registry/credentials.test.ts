import { deepStrictEqual, ok } from "node:assert/strict";
import { issueText } from "../../../registry/issue";
import * as fc from "fast-check";
import { checkRegistries, type RegistryWords } from "../../../registry/credentials";

type Values = Readonly<Record<string, unknown>>;

/** Problems as the lines that a user would read. */
const lines = (registries: Values, passwords: Values): readonly string[] =>
  checkRegistries(registries, passwords, words).issues.map(issueText);

const set = (key: string) => `pulumi config set --secret --path 'registryPasswords["${key}"]'`;
const words: RegistryWords = { setPassword: set, existing: "imagePullSecrets" };
const good = { username: "fleet-puller" };

describe("checkRegistries", () => {
  it("returns good ones sorted by server", () =>
    deepStrictEqual(
      checkRegistries(
        {
          "registry.example.com:5000": { username: "u", email: "ops@example.com", expires: "2028-02-29" },
          "https://index.docker.io/v1/": { username: "hub", email: null },
          "*.example.org": good,
        },
        { "registry.example.com:5000": "p", "https://index.docker.io/v1/": "p", "*.example.org": "p" },
      ),
      {
        registries: [
          { key: "*.example.org", server: "*.example.org", slug: "any-example-org", username: "fleet-puller" },
          { key: "https://index.docker.io/v1/", server: "docker.io", slug: "docker-io", username: "hub" },
          {
            key: "registry.example.com:5000",
            server: "registry.example.com:5000",
            slug: "registry-example-com-5000",
            username: "u",
            email: "ops@example.com",
            expires: "2028-02-29",
          },
        ],
        issues: [],
      },
    ));

  it("takes nothing at all", () => deepStrictEqual(checkRegistries({}, {}), { registries: [], issues: [] }));

  for (const password of [`"'\\$%\${HOME}`, "emoji 🔑", "p:w", "a".repeat(4096), "é", "x y"]) {
    it(`takes the password ${JSON.stringify(password.slice(0, 20))}`, () =>
      deepStrictEqual(lines({ "ghcr.io": good }, { "ghcr.io": password }), []));
  }

  const printf = `printf %s "$PASSWORD" | ${set("ghcr.io")}`;
  const passwords: readonly (readonly [unknown, string])[] = [
    [undefined, `is missing; set it: ${set("ghcr.io")}`],
    [null, `is empty; set it: ${set("ghcr.io")}`],
    ["", `is empty; set it: ${set("ghcr.io")}`],
    [" \n", `is only white space; set it: ${set("ghcr.io")}`],
    [7, `is a number, not text; set it again as a secret: ${set("ghcr.io")}`],
    [true, `is true or false, not text; set it again as a secret: ${set("ghcr.io")}`],
    [{ secure: "v1:x" }, `is a map, not text; set it again as a secret: ${set("ghcr.io")}`],
    [["p"], `is a list, not text; set it again as a secret: ${set("ghcr.io")}`],
    ["s3cret\n", `ends with a line break; set it again without: ${printf}`],
    ["s3cret\r", `ends with a line break; set it again without: ${printf}`],
    ["s3\ncret", `contains a line break; set it on one line (a JSON key file: jq -c . key.json | ${set("ghcr.io")})`],
    ...["s3\ncret\n", "s3\ncret\r\n\n", "\ns3\r\ncret\u2028"].map(
      (password) =>
        [
          password,
          "contains a line break and ends with one; " +
            `set it on one line, with none at its end (a JSON key file: jq -c . key.json | ${set("ghcr.io")})`,
        ] as const,
    ),
    ["s3cret\n\n", `ends with a line break; set it again without: ${printf}`],
    ["s3\tcret", `contains a control character; set it again without: ${printf}`],
    ["s3\u0000cret", `contains a control character; set it again without: ${printf}`],
    ["s3\ud800cret", `is not valid Unicode; set it again without: ${printf}`],
    [" s3cret", `begins or ends with white space; set it again without: ${printf}`],
    ["\uFEFFs3cret", `begins or ends with white space; set it again without: ${printf}`],
    [
      "p".repeat(500_000),
      `makes a Secret of more than 1 MiB, which Kubernetes refuses; set the password alone: ${set("ghcr.io")}`,
    ],
  ];
  for (const [password, expected] of passwords) {
    it(`says of a password: ${expected.slice(0, 40)} (${JSON.stringify(password)?.slice(0, 20)})`, () =>
      deepStrictEqual(lines({ "ghcr.io": good }, { "ghcr.io": password }), [`passwords["ghcr.io"] ${expected}`]));
  }

  const account = "write the name of the account that may pull";
  const date = 'write a day in quotes: expires: "2027-03-01"';
  const entries: readonly (readonly [unknown, ...string[]])[] = [
    [null, " is empty; write it as { username: fleet-puller }"],
    ["fleet-puller", " is not a map; write it as { username: fleet-puller }"],
    [[good], " is a list, not a map; write it as { username: fleet-puller }"],
    [{}, `.username is missing; ${account}`],
    [{ username: "" }, `.username is empty; ${account}`],
    [{ username: "  " }, `.username is only white space; ${account}`],
    [{ username: "u " }, `.username begins or ends with white space; ${account}`],
    [{ username: "u\u0007v" }, `.username contains a control character; ${account}`],
    [
      { username: "u:p" },
      '.username contains ":"; leave it out: the registry would take what follows for the password',
    ],
    [{ username: 7 }, '.username is a number, not text; put it in quotes: username: "007"'],
    [{ username: ["u"] }, `.username is a list, not text; ${account}`],
    [{ ...good, email: "ops" }, ".email is not an e-mail address; write it as name@example.com, or leave it out"],
    [{ ...good, email: 7 }, ".email is a number, not text; write it as name@example.com, or leave it out"],
    [
      { ...good, expires: "2027-03-01 00:00:00 +0000 UTC" },
      '.expires is a date without quotes; put it in quotes: expires: "2027-03-01"',
    ],
    [{ ...good, expires: "2027-02-29" }, `.expires is not a day; ${date}`],
    [{ ...good, expires: "1.3.2027" }, `.expires is not a day; ${date}`],
    [{ ...good, expires: 2027 }, `.expires is a number, not text; ${date}`],
    [{ ...good, expires: "" }, `.expires is empty; ${date}, or leave it out`],
    [
      { usrname: "u" },
      `.username is missing; ${account}`,
      ".usrname is not a setting of a registry; did you mean username?",
    ],
    [{ ...good, user: "u" }, ".user is not a setting of a registry; did you mean username?"],
    [{ ...good, colour: "u" }, ".colour is not a setting of a registry; use one of username, email, expires"],
    [
      { ...good, password: "s3cret" },
      `.password does not belong here; remove it and set the password as a secret: ${set("ghcr.io")}`,
    ],
    [{ ...good, "a b": 1 }, '["a b"] is not a setting of a registry; use one of username, email, expires'],
  ];
  for (const [entry, ...expected] of entries) {
    it(`says of ${JSON.stringify(entry)}: ${expected.join(" and ")}`, () =>
      deepStrictEqual(
        lines({ "ghcr.io": entry }, { "ghcr.io": "p" }),
        expected.map((line) => `registries["ghcr.io"]${line}`),
      ));
  }

  it("names a password without a registry, and the registry that was meant", () =>
    deepStrictEqual(
      lines(
        { "docker.io": good, "ghcr.io": good },
        { "docker.io": "p", "ghcr.io": "p", "https://index.docker.io/v1/": "p", "ghrc.io": "p", "quay.io": "p" },
      ),
      [
        'passwords["ghrc.io"] is for a registry that is not listed; write it as "ghcr.io", as registries does',
        'passwords["https://index.docker.io/v1/"] is for a registry that is not listed; write it as "docker.io", as registries does',
        `passwords["quay.io"] is for a registry that is not listed; list it in registries, or remove it: pulumi config rm --path 'registryPasswords["quay.io"]'`,
      ],
    ));

  it("refuses one server under two spellings, and two servers with one Secret name", () =>
    deepStrictEqual(
      lines(
        { "docker.io": good, "index.docker.io": good, "a.b.io": good, "a-b.io": good },
        { "docker.io": "p", "index.docker.io": "p", "a.b.io": "p", "a-b.io": "p" },
      ),
      [
        'registries["a.b.io"] has the same Secret name as "a-b.io", a-b-io; keep one of the two, and put the other into a Secret of your own (imagePullSecrets)',
        'registries["index.docker.io"] is the same registry as "docker.io", docker.io; keep one of the two',
      ],
    ));

  it("reports everything at once, in the same order whatever the order of the input", () => {
    const registries = { "z.io": { username: 7 }, "ftp://a.io": null, "m.io": good, "https://m.io/": good };
    const passwords = { "z.io": "", "m.io": "p", "x.io": "p", "https://m.io/": "p" };
    const expected = [
      'registries["ftp://a.io"] has the scheme "ftp"; write host, host:port or host/path, such as registry.example.com; http:// and https:// may stand in front',
      'registries["ftp://a.io"] is empty; write it as { username: fleet-puller }',
      `passwords["ftp://a.io"] is missing; set it: ${set("ftp://a.io")}`,
      'registries["z.io"].username is a number, not text; put it in quotes: username: "007"',
      `passwords["z.io"] is empty; set it: ${set("z.io")}`,
      'registries["m.io"] is the same registry as "https://m.io/", m.io; keep one of the two',
      'passwords["x.io"] is for a registry that is not listed; write it as "m.io", as registries does',
    ];
    const reversed = (values: Values) => Object.fromEntries(Object.entries(values).reverse());
    deepStrictEqual(lines(registries, passwords), expected);
    deepStrictEqual(lines(reversed(registries), reversed(passwords)), expected);
  });

  it("names no command to those whose passwords are arguments", () =>
    deepStrictEqual(
      checkRegistries(
        { "a.b.io": good, "a-b.io": { ...good, password: "p" }, "docker.io": good, "ghcr.io": good, "quay.io": good },
        { "a.b.io": "p", "docker.io": "p\n", "ghcr.io": 7, "quay.io": "s3\ncret", "x.io": "p" },
      ).issues.map(issueText),
      [
        'registries["a-b.io"].password does not belong here; remove it and set passwords["a-b.io"]',
        'passwords["a-b.io"] is missing; set it',
        'passwords["docker.io"] ends with a line break; set it again without',
        'passwords["ghcr.io"] is a number, not text; set it again as a secret',
        'passwords["quay.io"] contains a line break; set it on one line',
        'registries["a.b.io"] has the same Secret name as "a-b.io", a-b-io; keep one of the two, and put the other into a Secret of your own (existing)',
        'passwords["x.io"] is for a registry that is not listed; list it in registries, or remove it',
      ],
    ));

  it("masks what a URL may carry", () =>
    deepStrictEqual(
      lines({ "https://me:t0ken@ghcr.io/x?sig=s3cret": good }, { "https://me:t0ken@ghcr.io/x?sig=s3cret": "p" }),
      [
        'registries["https://***@ghcr.io/x?***"] contains user info or a digest; remove the "@" and what belongs to it; username and password have their own keys',
      ],
    ));

  it("never says a password", () => {
    const marker = "m4rk3r";
    const around = fc.constantFrom("", " ", "\n", "\t", "\u0000", ":", "\ud800", '"', "é");
    fc.assert(
      fc.property(around, around, fc.constantFrom("ghcr.io", "ghrc.io", "__proto__", "a b"), (before, after, key) => {
        const value = `${before}${marker}${after}`;
        const found = lines({ "ghcr.io": good }, JSON.parse(JSON.stringify({ [key]: value })) as Values);
        ok(!found.join().includes(marker));
        const inside = lines(
          { "ghcr.io": { username: "u", password: value, token: [value] } },
          { "ghcr.io": { password: value } },
        );
        ok(!inside.join().includes(marker));
      }),
    );
  });
});
