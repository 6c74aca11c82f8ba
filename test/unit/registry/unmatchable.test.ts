import { strictEqual } from "node:assert/strict";
import { whyUnmatchable } from "../../../registry/unmatchable";

describe("whyUnmatchable", () => {
  const hub =
    'is not a key of Docker Hub: its images match "docker.io", or "https://index.docker.io/v1/" with the last slash';
  const short = 'has no "." and no port in its host: in an image such a host is read as a part of a Docker Hub name';
  const cases: Readonly<Record<string, string | undefined>> = {
    "ghcr.io": undefined,
    "https://ghcr.io/v2/": undefined,
    "https://user@ghcr.io?x": undefined,
    "GHCR.IO": undefined,
    "*.example.com:5000/team": undefined,
    localhost: undefined,
    "registry:5000": undefined,
    "[::1]:5000": undefined,
    "docker.io": undefined,
    "https://index.docker.io/v1/": undefined,
    "index.docker.io": undefined,
    "https://index.docker.io/v1": hub,
    "https://index.docker.io/v1/org": hub,
    "index.docker.io:": hub,
    registry: short,
    "": "has no host",
    "https:///org": "has no host",
    "ghcr.io:port": "is not a host that the kubelet can read",
    "ghcr io": "is not a host that the kubelet can read",
    "ghcr.io/%zz": "is not a host that the kubelet can read",
    "ghcr.io/%25": "is not a host that the kubelet can read",
    "gh[a-z]r.io": "is not a host that the kubelet can read",
    "[::1]": "is an IPv6 address without a port, which the kubelet reads as a pattern",
    "bücher.example": 'has "ü" in its host, which no image has',
    "ghcr.io.": "has an empty part in its host",
    "ghcr.io/Org": "has a path that no image has",
    "ghcr.io/*": "has a path that no image has",
    "ghcr.io//org": "has a path that no image has",
    "HTTPS://ghcr.io": "has a path that no image has",
    [`ghcr.io/${"a".repeat(256)}`]: "has a path that no image has",
  };
  for (const [key, reason] of Object.entries(cases)) {
    it(`${reason === undefined ? "lets" : "finds"} ${JSON.stringify(key.slice(0, 40))} ${reason ?? "pass"}`, () =>
      strictEqual(whyUnmatchable(key), reason));
  }
});
