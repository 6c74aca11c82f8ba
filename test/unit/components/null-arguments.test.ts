import { strict as assert } from "node:assert";
import type { FleetArgs } from "../../../components/fleet-args";
import { bundled, external, recordingOf } from "../support/fleet-run";

/** Those that have no type to TypeScript, and come from JavaScript and from JSON. */
const ofNull = (...names: readonly (keyof FleetArgs)[]) => Object.fromEntries(names.map((name) => [name, null]));

describe("arguments that are null", () => {
  const cases: readonly (readonly [string, FleetArgs, object])[] = [
    [
      "that decide what is made",
      bundled,
      ofNull("database", "cache", "tls", "licenseKey", "privateKey", "vulnProcessing"),
    ],
    [
      "that are looked into",
      bundled,
      ofNull("existing", "values", "pullCheckImages", "pullCheckNodes", "pullCheckAnnotations"),
    ],
    [
      "that say how",
      bundled,
      ofNull("namespace", "createNamespace", "datastoreUser", "mysqlStorageClass", "chartPassword"),
    ],
    [
      "inside of another",
      external,
      {
        database: { ...external.database, name: null, password: null, tls: null },
        cache: { ...external.cache, password: null, passwordSecret: null },
      },
    ],
  ];
  for (const [which, args, nulls] of cases) {
    it(`are as good as none: ${which}`, async () => {
      const [without, given] = [await recordingOf(args), await recordingOf({ ...args, ...nulls })];
      assert.deepEqual(given.resources, without.resources);
    });
  }
});
