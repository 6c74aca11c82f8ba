import assert from "node:assert/strict";
import * as fc from "fast-check";
import { configOf, messagesOf } from "../support/raw-config";
import { testMessages, type MessageCase } from "../support/message-cases";
import * as pulumi from "@pulumi/pulumi";
import { valueOf } from "../support/recording";

const command = "pulumi config set --secret --path 'registryPasswords[\"ghcr.io\"]'";
const again = `set it again without: printf %s "$PASSWORD" | ${command}`;
const account = "write the name of the account that may pull";
const day = 'write a day in quotes: expires: "2027-03-01"';
const host = "write host, host:port or host/path, such as registry.example.com";

/** A stack with one registry. */
const registry = (server: string, entry: unknown, password: unknown) => ({
  registries: { [server]: entry },
  registryPasswords: { [server]: password },
});

const puller = { username: "puller" };

const username = (what: string, value: unknown, message: string): MessageCase => [
  `username: ${what}`,
  registry("ghcr.io", { username: value }, "x"),
  [`fleet:registries["ghcr.io"].username ${message}`],
];

const password = (what: string, value: unknown, message: string): MessageCase => [
  `password: ${what}`,
  registry("ghcr.io", puller, value),
  [`fleet:registryPasswords["ghcr.io"] ${message}`],
];

const server = (text: string, shown: string, message: string): MessageCase => [
  `server: ${shown}`,
  registry(text, puller, "x"),
  [`fleet:registries[${JSON.stringify(shown)}] ${message}`],
];

const entry = (what: string, value: unknown, ...messages: readonly string[]): MessageCase => [
  `registry: ${what}`,
  registry("ghcr.io", value, "x"),
  messages.map((message) => `fleet:registries["ghcr.io"]${message}`),
];

const apart = "without brackets, --path takes a server apart at its dots; run pulumi config rm --path";

const cases: readonly MessageCase[] = [
  [
    "a server taken apart at its dots, in both maps",
    { registries: { ghcr: { io: puller } }, registryPasswords: { ghcr: { io: "x" } } },
    [
      `fleet:registries["ghcr"] is a part of "ghcr.io": ${apart} 'registries["ghcr"]', and pulumi config set --path 'registries["ghcr.io"].username' NAME`,
      `fleet:registryPasswords["ghcr"] is a part of "ghcr.io": ${apart} 'registryPasswords["ghcr"]', and ${command}`,
    ],
  ],
  [
    "servers with a port and a path, taken apart in one map only",
    {
      registries: { r: { example: { "com:5000": puller, "org/team": puller } } },
      registryPasswords: { "r.example.com:5000": "x", "r.example.org/team": "x" },
    },
    [
      `fleet:registries["r"] is a part of "r.example.com:5000", "r.example.org/team": ${apart} 'registries["r"]', and pulumi config set --path 'registries["r.example.com:5000"].username' NAME`,
    ],
  ],
  [
    "no password for a registry",
    { registries: { "ghcr.io": puller } },
    [`fleet:registryPasswords["ghcr.io"] is missing; set it: ${command}`],
  ],
  [
    "a password for a registry that is not listed",
    { registryPasswords: { "ghcr.io": "x" } },
    [
      'fleet:registryPasswords["ghcr.io"] is for a registry that is not listed; list it in registries, or remove it: ' +
        "pulumi config rm --path 'registryPasswords[\"ghcr.io\"]'",
    ],
  ],
  [
    "a password under another spelling",
    { registries: { "docker.io": puller }, registryPasswords: { "https://index.docker.io/v1/": "x" } },
    [
      'fleet:registryPasswords["docker.io"] is missing; ' +
        "set it: pulumi config set --secret --path 'registryPasswords[\"docker.io\"]'",
      'fleet:registryPasswords["https://index.docker.io/v1/"] is for a registry that is not listed; ' +
        'write it as "docker.io", as registries does',
    ],
  ],
  [
    "one server under two spellings",
    {
      registries: { "docker.io": puller, "registry-1.docker.io": puller },
      registryPasswords: { "docker.io": "x", "registry-1.docker.io": "x" },
    },
    ['fleet:registries["registry-1.docker.io"] is the same registry as "docker.io", docker.io; keep one of the two'],
  ],
  [
    "two servers with one Secret name",
    {
      registries: { "a-b.io": puller, "a.b.io": puller },
      registryPasswords: { "a-b.io": "x", "a.b.io": "x" },
    },
    [
      'fleet:registries["a.b.io"] has the same Secret name as "a-b.io", a-b-io; ' +
        "keep one of the two, and put the other into a Secret of your own (imagePullSecrets)",
    ],
  ],
  username("missing", undefined, `is missing; ${account}`),
  username("empty", "", `is empty; ${account}`),
  username("white space", " \t", `is only white space; ${account}`),
  username("with a colon", "a:b", 'contains ":"; leave it out: the registry would take what follows for the password'),
  username("with a line break", "a\nb", `contains a control character; ${account}`),
  username("a number", 7, 'is a number, not text; put it in quotes: username: "007"'),
  password("from a chat", "tok\u200ben", `contains an invisible character; ${again}`),
  username("from a page", "pul\u00adler", `contains an invisible character; ${account}`),
  password("empty", "", `is empty; set it: ${command}`),
  password("white space", "  ", `is only white space; set it: ${command}`),
  password("with a line break at its end, as from a pipe", "marker\n", `ends with a line break; ${again}`),
  password(
    "of several lines",
    "marker\nmarker",
    `contains a line break; set it on one line (a JSON key file: jq -c . key.json | ${command})`,
  ),
  password(
    "of several lines, with one at its end: a _json_key as its file has it",
    '{\n  "private_key": "marker"\n}\n',
    "contains a line break and ends with one; " +
      `set it on one line, with none at its end (a JSON key file: jq -c . key.json | ${command})`,
  ),
  password("with a control character", "mar\u0007ker", `contains a control character; ${again}`),
  password("with white space at its end", "marker ", `begins or ends with white space; ${again}`),
  password("a number", 12345, `is a number, not text; set it again as a secret: ${command}`),
  password("a list", ["marker"], `is a list, not text; set it again as a secret: ${command}`),
  password(
    "of more than 1 MiB",
    "x".repeat(1_048_576),
    `makes a Secret of more than 1 MiB, which Kubernetes refuses; set the password alone: ${command}`,
  ),
  server("ftp://ghcr.io", "ftp://ghcr.io", `has the scheme "ftp"; ${host}; http:// and https:// may stand in front`),
  server("ghcr.io?marker", "ghcr.io?***", 'has a query; remove everything from the "?" on'),
  server(
    "https://puller:marker@ghcr.io",
    "https://***@ghcr.io",
    'contains user info or a digest; remove the "@" and what belongs to it; username and password have their own keys',
  ),
  server("gh cr.io", "gh cr.io", "contains white space; remove it"),
  server("", "", `is empty; ${host}`),
  entry("no map", "puller", " is not a map; write it as { username: fleet-puller }"),
  entry("empty", null, " is empty; write it as { username: fleet-puller }"),
  entry(
    "with unknown keys",
    { username: "u", emial: "a@b.c", user: "u", password: "marker" },
    ".emial is not a setting of a registry; did you mean email?",
    `.password does not belong here; remove it and set the password as a secret: ${command}`,
    ".user is not a setting of a registry; did you mean username?",
  ),
  entry(
    "a date without quotes",
    { ...puller, expires: "2027-03-01 00:00:00 +0000 UTC" },
    '.expires is a date without quotes; put it in quotes: expires: "2027-03-01"',
  ),
  entry("a day that is none", { ...puller, expires: "2027-02-30" }, `.expires is not a day; ${day}`),
  entry(
    "an address that is none",
    { ...puller, email: "ops" },
    ".email is not an e-mail address; write it as name@example.com, or leave it out",
  ),
];

describe("a mistake in registries is told with its key and the fix", function () {
  this.timeout(20_000); // for a busy machine
  testMessages(cases);
});

describe("a password", function () {
  this.timeout(20_000); // for a busy machine
  const good = [
    `"double" and 'single' quotes`,
    String.raw`back\slash \n \u0041 \\`,
    "$HOME $(id) `id` ${x} %s %d %%",
    "🐟 çé ß 東京 \u202e",
    "a: b # c & d * e ! f | g > h { } [ ]",
    "x",
    "p".repeat(4096),
    "null",
    "007",
    "-----BEGIN",
  ];

  it("may have any characters and 4 kB", async () => {
    for (const text of good) {
      const stack = registry("ghcr.io", puller, text);
      assert.deepEqual(messagesOf(stack), []);
      const passwords = await valueOf(pulumi.output(configOf(stack).fleet.passwords ?? {}));
      assert.deepEqual(passwords, { "ghcr.io": text });
    }
  });

  it("never shows in a message, whatever else is wrong", () => {
    const marker = "kX7vQ2zR9w";
    const around = fc.string({ unit: fc.constantFrom(..."aZ0 \t\n\r\0\u0007\"'\\$%:@/?#,;{}[]🐟é"), maxLength: 12 });
    const passwords = fc.tuple(around, around).map(([before, after]) => `${before}${marker}${after}`);
    const broken = fc.constantFrom<Record<string, unknown>>(
      {},
      { registries: {} },
      { registries: { "ghcr.io": null, "gcr.io": { username: 7 } } },
      { imageTag: "", nothing: "x" },
      { registries: "[]" },
    );
    const keys = ["databasePassword", "cachePassword", "privateKey", "licenseKey", "tlsPrivateKey"];
    fc.assert(
      fc.property(passwords, passwords, broken, (one, two, more) => {
        const secrets = Object.fromEntries(keys.map((key) => [key, two]));
        const stack = { ...registry("ghcr.io", puller, one), ...secrets, database: { adress: "x" }, ...more };
        const text = messagesOf(stack).join("\n");
        assert.ok(text.length > 0);
        assert.equal(
          text.includes(marker) || text.includes(marker.slice(0, 5)) || text.includes(marker.slice(5)),
          false,
        );
      }),
    );
  });

  it("never shows when it is not even a map", () => {
    for (const text of ["kX7vQ2zR9w", '"kX7vQ2zR9w"', '["kX7vQ2zR9w"]', '{"ghcr.io": ["kX7vQ2zR9w"]}', "{kX7vQ2zR9w"]) {
      const messages = messagesOf({ registryPasswords: text });
      assert.equal(messages.length, 1);
      assert.doesNotMatch(messages.join(), /kX7/);
    }
  });
});
