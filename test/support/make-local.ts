import { strict as assert } from "node:assert";

/** What the README promises of `make local`, whatever the node is. */
export function assertShown(stdout: string): void {
  for (const workload of ["CronJob/fleet-vulnprocessing", "Deployment/fleet", "StatefulSet/fleet-mysql"]) {
    const ready = "(scheduled|([1-9])/\\2)";
    assert.match(stdout, new RegExp(`^${workload} +\\S+ +fleet-[-0-9a-z]+ +${ready}$`, "m"));
  }
  assert.match(stdout, /\+-kubernetes:core\/v1:Secret/);
  assert.match(stdout, /~ kubernetes:helm\.sh\/v3:Release/);
  assert.match(stdout, /preview: .*wrong password/);
}
