import { deepStrictEqual, equal } from "node:assert/strict";
import { isIssue, issueText } from "../../../registry/issue";
import { parseImageReference } from "../../../registry/image-reference";

const sha256 = `sha256:${"0af9".repeat(16)}`;

describe("parseImageReference", () => {
  const good: Readonly<Record<string, readonly [registry: string, repository: string, tag?: string, digest?: string]>> =
    {
      nginx: ["docker.io", "library/nginx"],
      "nginx:1.27": ["docker.io", "library/nginx", "1.27"],
      "fleetdm/fleet:v4.85.0": ["docker.io", "fleetdm/fleet", "v4.85.0"],
      "docker.io/nginx": ["docker.io", "library/nginx"],
      "index.docker.io/fleetdm/fleet": ["docker.io", "fleetdm/fleet"],
      "registry-1.docker.io/fleetdm/fleet": ["registry-1.docker.io", "fleetdm/fleet"],
      "ghcr.io/org/repo:v1": ["ghcr.io", "org/repo", "v1"],
      "ghcr.io/nginx": ["ghcr.io", "nginx"],
      "registry.example.com:5000/team/fleet:Tag_1.2-3": ["registry.example.com:5000", "team/fleet", "Tag_1.2-3"],
      "localhost/fleet": ["localhost", "fleet"],
      "registry/fleet": ["docker.io", "registry/fleet"],
      "Registry/fleet": ["Registry", "fleet"],
      "10.0.0.1:5000/a/b/c": ["10.0.0.1:5000", "a/b/c"],
      "[2001:db8::1]:5000/fleet:v1": ["[2001:db8::1]:5000", "fleet", "v1"],
      "a__b.c/fleet": ["a__b.c", "fleet"],
      [`ghcr.io/org/repo@${sha256}`]: ["ghcr.io", "org/repo", undefined, sha256],
      [`ghcr.io/org/repo:v1@${sha256}`]: ["ghcr.io", "org/repo", "v1", sha256],
    };
  for (const [text, [registry, repository, tag, digest]] of Object.entries(good)) {
    it(`takes ${text.slice(0, 60)}`, () =>
      deepStrictEqual(parseImageReference(text), {
        registry,
        repository,
        name: `${registry}/${repository}`,
        ...(tag === undefined ? {} : { tag }),
        ...(digest === undefined ? {} : { digest }),
      }));
  }

  const form = "write it as registry/repository:tag";
  const bad: Readonly<Record<string, readonly [sentence: string, fix: string]>> = {
    "": ["is empty", form],
    "ghcr.io/org/repo :v1": ["contains white space", "remove it"],
    "https://ghcr.io/org/repo": ["begins with a scheme", "write it without one: registry/repository:tag"],
    "ghcr.io/Org/repo:v1": ["has an upper-case letter in its repository", "write the repository in lower case"],
    Nginx: ["has an upper-case letter in its repository", "write the repository in lower case"],
    ["a".repeat(64)]: ["is the ID of an image, not a reference", form],
    "ghcr.io/org/repo:": ["is not an image reference", form],
    "ghcr.io/org//repo": ["is not an image reference", form],
    "ghcr.io/": ["is not an image reference", form],
    "-ghcr.io/org": ["is not an image reference", form],
    "ghcr.io/org/repo:v1:v2": ["is not an image reference", form],
    [`ghcr.io/org/repo:${"t".repeat(129)}`]: ["is not an image reference", form],
    [`ghcr.io/${"r".repeat(256)}`]: ["has a repository longer than 255 characters", "use a shorter repository"],
    [`ghcr.io/org/repo@sha256:${"0af9".repeat(12)}`]: [
      "has a digest that is not one",
      "write it as sha256: and 64 lower-case hexadecimal digits",
    ],
    [`ghcr.io/org/repo@${sha256.toUpperCase().replace("SHA", "sha")}`]: [
      "has a digest that is not one",
      "write it as sha256: and 64 lower-case hexadecimal digits",
    ],
  };
  for (const [text, [sentence, fix]] of Object.entries(bad)) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
      const reference = parseImageReference(text);
      equal(isIssue(reference) ? issueText(reference) : undefined, `${sentence}; ${fix}`);
    });
  }
});
