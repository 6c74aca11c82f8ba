import assert from "node:assert/strict";
import { failedPulls } from "../../../../commands/explain/failed-pulls";
import { issueText } from "../../../../registry/issue";

const job = (name: string, type = "Failed") => ({
  metadata: { name },
  status: { conditions: [{ type, status: "True" }] },
});
const event = (pod: string, message: string, host = "a") => ({
  kind: "Event",
  involvedObject: { kind: "Pod", name: pod },
  message,
  source: { host },
});

describe("pulls that failed in the pull check", () => {
  const pull = (image: string, words: string) => `Failed to pull image "${image}": ${words}`;

  it("are told by node and image, in the last words", () => {
    const events = [
      event("check-2-x", pull("r/fleet:1", "failed to resolve: x509: unknown authority"), "b"),
      event("check-1-x", pull("r/fleet:1", "dial tcp: i/o timeout")),
      event("check-1-x", "Error: ErrImagePull"),
      event("check-1-x", pull("r/fleet:1", "401\nUnauthorized")),
      event("fleet-x", pull("r/fleet:1", "401")),
    ];
    assert.deepEqual(failedPulls({ jobs: [job("check-1"), job("check-2")], events }).map(issueText), [
      String.raw`the node a could not pull r/fleet:1 in the last pull check: 401\nUnauthorized`,
      "the node b could not pull r/fleet:1 in the last pull check: failed to resolve: x509: unknown authority",
    ]);
  });

  it("count for nothing once the check has passed", () => {
    const events = [event("check-1-x", pull("r/fleet:1", "i/o timeout"))];
    assert.deepEqual(failedPulls({ jobs: [job("check-1", "Complete")], events }), []);
    assert.deepEqual(failedPulls({ jobs: [], events }), []);
  });
});
