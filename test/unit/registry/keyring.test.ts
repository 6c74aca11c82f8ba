import { deepStrictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { parseDockerConfigJson } from "../../../registry/docker-config";
import { lookUpCredentials, type PullSecret } from "../../../registry/keyring";
import { isIssue } from "../../../registry/issue";

interface Entry {
  readonly server: string;
}

/** A Secret for each list of keys. */
const secrets = (...lists: readonly (readonly string[])[]): readonly PullSecret<Entry>[] =>
  lists.map((servers, i) => ({
    name: `s${i}`,
    config: { kind: "entries", entries: servers.map((server) => ({ server })) },
  }));

/** What is tried, as "secret key: match". */
function tried(image: string, given: readonly PullSecret<Entry>[]): readonly string[] {
  const lookup = lookUpCredentials(image, given);
  if (isIssue(lookup)) return [lookup.sentence];
  return lookup.candidates.map(({ secret, key, match }) => `${secret} ${key}: ${match}`);
}

describe("lookUpCredentials", () => {
  const cases: readonly (readonly [
    what: string,
    image: string,
    keys: readonly (readonly string[])[],
    expected: readonly string[],
  ])[] = [
    ["an exact host", "ghcr.io/org/repo:v1", [["ghcr.io", "quay.io"]], ["s0 ghcr.io: exact host"]],
    ["scheme and API version stripped", "ghcr.io/org/repo", [["https://ghcr.io/v2/"]], ["s0 ghcr.io: exact host"]],
    ["the path as a plain prefix", "ghcr.io/organization/x", [["ghcr.io/org"]], ["s0 ghcr.io/org: path prefix"]],
    ["a last slash as the end of a part", "ghcr.io/organization/x", [["ghcr.io/org/"]], []],
    [
      "the longer path first",
      "ghcr.io/org/repo",
      [["ghcr.io", "ghcr.io/org/repo"], ["ghcr.io/org"]],
      ["s0 ghcr.io/org/repo: path prefix", "s1 ghcr.io/org: path prefix", "s0 ghcr.io: exact host"],
    ],
    [
      "Secrets in the pod's order for one key",
      "ghcr.io/x",
      [["ghcr.io"], ["https://ghcr.io"]],
      ["s0 ghcr.io: exact host", "s1 ghcr.io: exact host"],
    ],
    [
      "a pattern after the exact host, which sorts later",
      "a.example.com/x",
      [["*.example.com", "a.example.com"]],
      ["s0 a.example.com: exact host", "s0 *.example.com: glob"],
    ],
    ["a pattern with a path", "a.example.com/team/x", [["*.*.com/team"]], ["s0 *.*.com/team: glob and path prefix"]],
    ["as many parts as the pattern has", "a.b.example.com/x", [["*.example.com"]], []],
    ["the port", "ghcr.io:443/x", [["ghcr.io", "ghcr.io:443", "*.io:*"]], ["s0 ghcr.io:443: exact host"]],
    ["upper and lower case", "ghcr.io/x", [["GHCR.io"]], []],
    [
      "docker.io for Docker Hub",
      "fleetdm/fleet",
      [["docker.io"], ["https://index.docker.io/v1/"]],
      ["s0 docker.io: exact host"],
    ],
    ["the Docker Hub default", "nginx", [["https://index.docker.io/v1/"]], ["s0 index.docker.io: Docker Hub default"]],
    ["no default where a pattern matched", "nginx", [["index.docker.io", "*.io"]], ["s0 *.io: glob"]],
    ["no default for another registry", "ghcr.io/x", [["index.docker.io"]], []],
    [
      "the Docker Hub default for localhost",
      "localhost/x",
      [["index.docker.io"]],
      ["s0 index.docker.io: Docker Hub default"],
    ],
    ["no key without the last slash", "nginx", [["https://index.docker.io/v1", "registry-1.docker.io"]], []],
    ["an IPv6 address with a port", "[::1]:5000/x", [["[::1]:5000"]], ["s0 [::1]:5000: exact host"]],
    ["no IPv6 address without a port", "[::1]/x", [["[::1]"]], []],
    ["a key that is no URL passed over", "ghcr.io/x", [["ghcr.io:port", "ghcr.io"]], ["s0 ghcr.io: exact host"]],
    [
      "a Secret named twice",
      "ghcr.io/x",
      [["ghcr.io"], ["ghcr.io"]],
      ["s0 ghcr.io: exact host", "s1 ghcr.io: exact host"],
    ],
  ];
  for (const [what, image, keys, expected] of cases) {
    it(`knows ${what}`, () => deepStrictEqual(tried(image, secrets(...keys)), expected));
  }

  it("says why, and gives the entry back", () => {
    const entry = { server: "https://ghcr.io/org", username: "u" };
    deepStrictEqual(
      lookUpCredentials("ghcr.io/org/repo:v1", [{ name: "team", config: { kind: "entries", entries: [entry] } }]),
      {
        name: "ghcr.io/org/repo",
        candidates: [
          {
            secret: "team",
            secretIndex: 0,
            entry,
            key: "ghcr.io/org",
            match: "path prefix",
            why: `its key "ghcr.io/org" has the image's host, and its path begins the image's`,
            unordered: false,
          },
        ],
      },
    );
  });

  it("says that two spellings in one Secret are tried in any order", () => {
    const lookup = lookUpCredentials("ghcr.io/x", secrets(["ghcr.io", "https://ghcr.io/v1/"]));
    deepStrictEqual(isIssue(lookup) || lookup.candidates.map(({ unordered }) => unordered), [true, true]);
  });

  it("pulls nothing with one unreadable Secret, whatever the others are", () => {
    const broken = parseDockerConfigJson('{"auths":{"quay.io":{"auth":"!"}}}', "kubernetes.io/dockerconfigjson");
    const good = parseDockerConfigJson('{"auths":{"ghcr.io":{"auth":"dTpw"}}}', "kubernetes.io/dockerconfigjson");
    deepStrictEqual(
      lookUpCredentials("ghcr.io/x", [
        { name: "good", config: good },
        { name: "bad", config: broken },
      ]),
      {
        name: "ghcr.io/x",
        candidates: [],
        broken: {
          secret: "bad",
          problem: "cannot be read by the kubelet: entry 1 has an auth that is not base64 of username:password",
        },
      },
    );
  });

  it("passes over a Secret of another type", () => {
    const other = parseDockerConfigJson("{}", "Opaque");
    deepStrictEqual(lookUpCredentials("ghcr.io/x", [{ name: "other", config: other }]), {
      name: "ghcr.io/x",
      candidates: [],
    });
  });

  it("hands on what is wrong with an image", () =>
    deepStrictEqual(lookUpCredentials("ghcr.io/X", []), {
      code: "malformed",
      sentence: "has an upper-case letter in its repository",
      fix: "write the repository in lower case",
    }));

  it("is quick with a pattern made to be slow", () => {
    const host = `${"a".repeat(60)}.io`;
    deepStrictEqual(tried(`${host}/x`, secrets([`${"*a".repeat(30)}b.io`])), []);
  }).timeout(200);

  it("does not depend on what else the pod lists", () => {
    const key = fc.constantFrom(
      "ghcr.io",
      "ghcr.io/org",
      "*.io",
      "docker.io",
      "index.docker.io",
      "quay.io",
      "ghcr.io:443",
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(key, { maxLength: 4 }), { maxLength: 4 }),
        fc.constantFrom("ghcr.io/org/x", "quay.io/x"),
        (keys, image) => {
          const alone = keys.flatMap((list, i) =>
            list.flatMap((one) => tried(image, secrets([one])).map((text) => text.replace("s0", `s${i}`))),
          );
          deepStrictEqual([...tried(image, secrets(...keys))].sort(), alone.sort());
        },
      ),
    );
  });
});
