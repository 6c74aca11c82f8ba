import assert from "node:assert/strict";
import { unusedRegistries, whyNoneMatches, whyUnusable } from "../../../preflight/no-credential";
import type { PullCredential } from "../../../preflight";
import { issueText } from "../../../registry/issue";
import type { PullSecret } from "../../../registry/keyring";
import { SecretText } from "../../../registry/secret-text";

const credential = (server: string, more: Partial<PullCredential> = {}): PullCredential => ({
  server,
  username: "u",
  password: new SecretText("p"),
  email: "",
  account: "u",
  renewal: "renew it",
  ...more,
});

const listed = (server: string): PullSecret<PullCredential> => ({
  name: "slug",
  config: { kind: "entries", entries: [credential(server, { place: `fleet:registries["${server}"]` })] },
});
const existing = (...servers: string[]): PullSecret<PullCredential> => ({
  name: "team",
  config: { kind: "entries", entries: servers.map((server) => credential(server)) },
});

describe("why no credential matches an image", () => {
  const cases: readonly (readonly [
    what: string,
    image: string,
    secret: PullSecret<PullCredential>,
    why: string | undefined,
  ])[] = [
    [
      "a port too few",
      "registry.example.com:5000/fleet:v1",
      listed("registry.example.com"),
      'fleet:registries["registry.example.com"] has no port, and the image\'s host has 5000: write it as "registry.example.com:5000"',
    ],
    [
      "the path of Artifactory's pages",
      "example.jfrog.io/docker-local/fleet:v1",
      listed("example.jfrog.io/artifactory"),
      'fleet:registries["example.jfrog.io/artifactory"] has the path /artifactory, which does not begin the image\'s: write it as "example.jfrog.io"',
    ],
    [
      "the host of Artifactory's pages, with a name for each repository",
      "docker-local.example.jfrog.io/fleet:v1",
      listed("example.jfrog.io"),
      'fleet:registries["example.jfrog.io"] is the host example.jfrog.io, and the image\'s is docker-local.example.jfrog.io: write it as "docker-local.example.jfrog.io"',
    ],
    [
      "the address of Nexus' pages",
      "nexus.example.com:8083/fleet:v1",
      existing("https://nexus.example.com/repository/docker"),
      'the key "https://nexus.example.com/repository/docker" of the Secret team has no port, and the image\'s host has 8083: write it as "nexus.example.com:8083"',
    ],
    [
      "capitals in an image, whose key this program would write in lower case again",
      "Registry.Example.com/fleet:v1",
      listed("registry.example.com"),
      "fleet:registries[\"registry.example.com\"] has letters in another case than the image's host: write the image's host in lower case: registry.example.com",
    ],
    [
      "capitals in a Secret of another, which stays as it is written",
      "registry.example.com/fleet:v1",
      existing("Registry.Example.com"),
      'the key "Registry.Example.com" of the Secret team has letters in another case than the image\'s host: write it as "registry.example.com"',
    ],
    [
      "an image under another name of Docker Hub, which `registries` cannot name",
      "registry.hub.docker.com/fleetdm/fleet:v1",
      listed("docker.io"),
      'fleet:registries["docker.io"] is Docker Hub\'s, whose images are matched as docker.io, and not as registry.hub.docker.com: write the image as docker.io/fleetdm/fleet',
    ],
    ["a registry of its own", "ghcr.io/fleet:v1", listed("quay.io"), undefined],
    ["an image that is none", "a b", listed("quay.io"), undefined],
  ];
  for (const [what, image, secret, why] of cases) {
    it(what, () => assert.equal(whyNoneMatches(image, [existing(), existing("other.io"), secret]), why));
  }

  it("the password is missing, as in what docker login writes", () => {
    const rest = "and the kubelet reads no identitytoken, credsStore or credHelpers: put username and password there";
    assert.equal(
      whyUnusable("acr", credential("example.azurecr.io", { username: "", password: new SecretText("") })),
      `the key "example.azurecr.io" of the Secret acr has no password, ${rest}`,
    );
    assert.equal(
      whyUnusable("acr", credential("a.io", { username: "" })),
      `the key "a.io" of the Secret acr has no username, ${rest}`,
    );
    assert.equal(whyUnusable("acr", credential("a.io")), undefined);
  });
});

describe("a listed registry that matches no image", () => {
  const unused = (servers: readonly string[], ...images: string[]) =>
    unusedRegistries(servers.map(listed), images).map(issueText);

  it("is told, with what it nearly matches", () => {
    assert.deepEqual(
      unused(["quay.io", "ghcr.io", "registry.example.com"], "ghcr.io/a:1", "registry.example.com:5000/b:1"),
      [
        'fleet:registries["quay.io"] matches no image of this stack; correct it, remove it, or name its images in fleet:pullCheckImages',
        'fleet:registries["registry.example.com"] matches no image of this stack; it has no port, and the image\'s host has 5000: write it as "registry.example.com:5000"',
      ],
    );
  });

  it("is none where one matches, and no business of Secrets that others made", () => {
    assert.deepEqual(
      unused(["ghcr.io", "*.example.com"], "ghcr.io/a:1", "registry.example.com/charts/fleet:7.0.2"),
      [],
    );
    assert.deepEqual(unusedRegistries([existing("quay.io")], ["ghcr.io/a:1"]), []);
  });
});
