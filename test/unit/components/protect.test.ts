import assert from "node:assert/strict";
import type { FleetArgs } from "../../../components/fleet-args";
import { bundled, external, recordingOf } from "../support/fleet-run";
import { configOf } from "../support/raw-config";

const protectedIn = async (args: FleetArgs) =>
  (await recordingOf(args)).resources
    .filter(({ protect }) => protect)
    .map(({ id }) => id)
    .sort();

describe("protect", function () {
  this.timeout(20_000); // for a busy machine
  it("is on for what data would be lost with, and for the release, which would be the first to go", async () => {
    assert.deepEqual(await protectedIn(bundled), [
      "Namespace fleet",
      "RandomPassword fleet-mysql",
      "RandomPassword fleet-mysql-root",
      "RandomPassword fleet-private-key",
      "Release fleet",
      "StatefulSet fleet-mysql",
    ]);
    assert.deepEqual(await protectedIn({ ...external, createNamespace: false }), ["Release fleet"]);
  });

  it("is off where the configuration says so", async () => {
    assert.equal(configOf({}).fleet.protect, true);
    assert.equal(configOf({ protect: false }).fleet.protect, false);
    assert.deepEqual(await protectedIn({ ...bundled, protect: false }), []);
  });
});
