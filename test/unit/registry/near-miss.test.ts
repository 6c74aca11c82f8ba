import assert from "node:assert/strict";
import * as fc from "fast-check";
import { nearMiss } from "../../../registry/near-miss";

const hub = `is not a key of Docker Hub: its images match "docker.io", or "https://index.docker.io/v1/" with the last slash`;
const otherHub = (host: string) => `is Docker Hub's, whose images are matched as docker.io, and not as ${host}`;
const parts = (has: string, image: number) =>
  `is a pattern for a host of ${has}, and the image's has ${image}: a "*" stands for one part between dots`;

describe("nearMiss", () => {
  const cases: readonly (readonly [key: string, image: string, why: string | undefined])[] = [
    ["https://index.docker.io/v1", "docker.io/fleetdm/fleet", hub],
    ["registry-1.docker.io", "docker.io/fleetdm/fleet", hub],
    ["registry.hub.docker.com", "docker.io/fleetdm/fleet", hub],
    ["docker.io", "registry-1.docker.io/fleetdm/fleet", otherHub("registry-1.docker.io")],
    ["https://index.docker.io/v1/", "registry.hub.docker.com/fleetdm/fleet", otherHub("registry.hub.docker.com")],
    ["docker.io/acme", "docker.io/fleetdm/fleet", "has the path /acme, which does not begin the image's"],
    ["r.example.com", "r.example.com:5000/fleet", "has no port, and the image's host has 5000"],
    ["r.example.com:5000", "r.example.com/fleet", "has the port 5000, and the image's host has none"],
    ["r.example.com:5000", "r.example.com:5001/fleet", "has the port 5000, and the image's host has 5001"],
    ["r.example.com/a", "r.example.com/b/fleet", "has the path /a, which does not begin the image's"],
    ["r.example.com/a/fleet:v1", "r.example.com/a/fleet", "has a path that no image has"],
    ["R.example.com", "r.example.com/fleet", "has letters in another case than the image's host"],
    ["*.example.com", "r.eu.example.com/fleet", parts("3 parts", 4)],
    ["*", "r.example.com/fleet", parts("1 part", 3)],
    ["s*.example.com", "r.example.com/fleet", "is a pattern that the image's host does not match"],
    ["*.example.com", "r.example.com:5000/fleet", "has no port, and the image's host has 5000"],
    ["https://r.example.com:port", "r.example.com/fleet", "is not a host that the kubelet can read"],
    ["ghcr.io", "quay.io/fleet", undefined],
    ["*.example.org", "r.example.com/fleet", undefined],
    ["ghcr.io", "docker.io/fleet", undefined],
  ];
  for (const [key, image, why] of cases) {
    it(`${key} for ${image}: ${why ?? "another registry"}`, () => assert.equal(nearMiss(key, image)?.why, why));
  }

  it("tells a key for the registry from a pattern that could mean any", () => {
    assert.equal(nearMiss("*", "r.example.com/fleet")?.sameRegistry, false);
    assert.equal(nearMiss("*.*", "r.example.com/fleet")?.sameRegistry, false);
    assert.equal(nearMiss("*.example.com", "r.eu.example.com/fleet")?.sameRegistry, true);
    assert.equal(nearMiss("registry-1.docker.io", "docker.io/fleet")?.sameRegistry, true);
  });

  it("takes any key and any image", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (key, image) => void nearMiss(key, image)));
  });
});
