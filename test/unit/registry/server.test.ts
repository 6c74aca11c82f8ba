import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { lookUpCredentials } from "../../../registry/keyring";
import { isIssue, issueText } from "../../../registry/issue";
import { isDockerHubHost, parseServer, secretNameSlug } from "../../../registry/server";
import { whyUnmatchable } from "../../../registry/unmatchable";

const good: Readonly<Record<string, string>> = {
  "ghcr.io": "ghcr.io",
  "GHCR.io": "ghcr.io",
  "https://ghcr.io": "ghcr.io",
  "HTTPS://ghcr.io/": "ghcr.io",
  "http://registry.example.com:5000/v2/": "registry.example.com:5000",
  "registry.example.com:5000/team": "registry.example.com:5000/team",
  "ghcr.io/v1/": "ghcr.io",
  "ghcr.io/v2": "ghcr.io",
  "ghcr.io/v2/org": "ghcr.io/org",
  "ghcr.io/v1/v2/org": "ghcr.io/org",
  "ghcr.io/v2ray": "ghcr.io/v2ray",
  "ghcr.io/org": "ghcr.io/org",
  "ghcr.io/org/": "ghcr.io/org/",
  "*.example.com": "*.example.com",
  "reg-*.example.com:5000/team": "reg-*.example.com:5000/team",
  localhost: "localhost",
  "registry:5000": "registry:5000",
  "10.0.0.1": "10.0.0.1",
  "10.0.0.1:5000": "10.0.0.1:5000",
  "[2001:DB8::1]:5000": "[2001:db8::1]:5000",
  "docker.io": "docker.io",
  "index.docker.io": "docker.io",
  "https://index.docker.io/v1/": "docker.io",
  "https://index.docker.io/v1": "docker.io",
  "https://registry-1.docker.io/v2/": "docker.io",
  "registry.hub.docker.com": "docker.io",
  "https://hub.docker.com/": "docker.io",
  "docker.io:443": "docker.io",
  "docker.io/org": "docker.io/org",
  "https://index.docker.io/v1/org/": "docker.io/org/",
};

const example = "write host, host:port or host/path, such as registry.example.com";
const letters = 'use letters, digits, "-", "." and the pattern "*"; other letters in their ASCII form (xn--…)';
const port = "write a port from 1 to 65535 after the colon, or leave both out";
const told = (server: ReturnType<typeof parseServer>) => (isIssue(server) ? issueText(server) : undefined);

const bad: Readonly<Record<string, readonly [sentence: string, fix: string]>> = {
  "": ["is empty", example],
  " ": ["is only white space", example],
  "ghcr.io ": ["contains white space", "remove it"],
  "ghcr.io\n": ["contains a control character", "remove it"],
  "ftp://ghcr.io": ['has the scheme "ftp"', `${example}; http:// and https:// may stand in front`],
  "oci://ghcr.io/org": ['has the scheme "oci"', `${example}; http:// and https:// may stand in front`],
  "ghcr.io?x=1": ["has a query", 'remove everything from the "?" on'],
  "ghcr.io#x": ["has a fragment", 'remove everything from the "#" on'],
  "https://user:pass@ghcr.io?x": [
    "contains user info or a digest",
    'remove the "@" and what belongs to it; username and password have their own keys',
  ],
  "https://": ["has no host", example],
  "//ghcr.io": ["has no host", example],
  ":5000": ["has no host", example],
  "ghcr.io:": ["has an invalid port", port],
  "ghcr.io:0": ["has an invalid port", port],
  "ghcr.io:0443": ["has an invalid port", port],
  "ghcr.io:65536": ["has an invalid port", port],
  "ghcr.io:80:90": ["has an invalid port", port],
  "bücher.example": ["has an invalid host", letters],
  "-ghcr.io": ["has an invalid host", letters],
  "my_registry.example.com": ["has an invalid host", letters],
  "gh[cr].io": ["has an invalid host", letters],
  [`${"a".repeat(64)}.io`]: ["has an invalid host", letters],
  "ghcr..io": ["has an empty part in its host", "remove the dot that is too many"],
  "ghcr.io.": ["has an empty part in its host", "remove the dot that is too many"],
  "10.0.0.256": ["has an invalid IPv4 address", "write it as 192.0.2.1"],
  "[::1": ["has an invalid IPv6 address", "write it as [2001:db8::1]:5000, without zone"],
  "[1::2::3]:5000": ["has an invalid IPv6 address", "write it as [2001:db8::1]:5000, without zone"],
  "[::1]": [
    "is an IPv6 address without a port, which the kubelet cannot match",
    "write [::1]:443, here and in the image",
  ],
  registry: [
    'has a host without "." and without a port, which no image can name',
    "write the host as in the image, with its domain or port",
  ],
  "*": [
    'matches no registry: a "*" stands for one part between dots',
    "write as many parts as the host has: *.example.com",
  ],
  "ghcr.io/Org": ["has an upper-case letter in its path, which no image has", "write the path in lower case"],
  "ghcr.io/org/*": [
    'has a "*" in its path, which the kubelet takes literally',
    "leave it out: the path is a prefix anyway",
  ],
  "ghcr.io/org:v1": ["has a tag or a port in its path", `remove it: ${example}`],
  "ghcr.io//org": ["has a path that no image has", "write it as in the image: registry.example.com/team"],
  "ghcr.io/%6frg": ["has a path that no image has", "write it as in the image: registry.example.com/team"],
};

describe("parseServer", () => {
  for (const [text, canonical] of Object.entries(good)) {
    it(`takes ${text} as ${canonical}`, () => deepStrictEqual(parseServer(text), { canonical }));
  }
  for (const [text, [sentence, fix]] of Object.entries(bad)) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}: ${sentence}`, () =>
      strictEqual(told(parseServer(text)), `${sentence}; ${fix}`));
  }

  it("makes a key that the kubelet matches, and that stays the same when it is parsed again", () => {
    const part = fc.constantFrom(
      "a",
      "B",
      "1",
      "-",
      ".",
      "/",
      "*",
      ":",
      ":5000",
      "v1/",
      "/v2",
      "[::1]",
      "io",
      "docker.io",
      "_",
      "https://",
      "%",
      " ",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
        const server = parseServer(parts.join(""));
        if (isIssue(server)) return;
        deepStrictEqual(parseServer(server.canonical), server);
        strictEqual(whyUnmatchable(server.canonical), undefined);
        const image = `${server.canonical.replaceAll("*", "a").replace(/[^a-z0-9\]]+$/, "")}${server.canonical.includes("/") ? "" : "/x"}`;
        const entries = [{ server: server.canonical }];
        const lookup = lookUpCredentials(`${image}a/x`, [{ name: "s", config: { kind: "entries", entries } }]);
        if (!isIssue(lookup) && !/[-._/]$/.test(server.canonical))
          strictEqual(lookup.candidates.length, 1, server.canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it("makes every name of Docker Hub a key that matches its images", () => {
    for (const [text, canonical] of Object.entries(good)) {
      if (canonical !== "docker.io") continue;
      const lookup = lookUpCredentials("fleetdm/fleet:v4", [
        { name: "s", config: { kind: "entries", entries: [{ server: canonical }] } },
      ]);
      ok(!isIssue(lookup) && lookup.candidates.length === 1, text);
    }
    ok(isDockerHubHost("Registry-1.docker.io"));
    ok(!isDockerHubHost("example.docker.io"));
  });
});

describe("secretNameSlug", () => {
  const slugs: Readonly<Record<string, string>> = {
    "ghcr.io": "ghcr-io",
    "registry.example.com:5000/team": "registry-example-com-5000-team",
    "*.example.com": "any-example-com",
    "[2001:db8::1]:5000": "2001-db8-1-5000",
    "ghcr.io/org/": "ghcr-io-org",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com": "123456789012-dkr-ecr-eu-west-1-amazonaws-com",
  };
  for (const [server, slug] of Object.entries(slugs)) {
    it(`makes ${slug} of ${server}`, () => strictEqual(secretNameSlug(server), slug));
  }

  it("is a DNS label of at most 54 characters, and keeps long servers apart", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9*][a-z0-9.*/-]{0,200}$/), (server) => {
        const slug = secretNameSlug(server);
        match(slug, /^[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?$/);
        if (slug.length === 54) notStrictEqual(slug, secretNameSlug(`${server}x`));
      }),
    );
  });
});
