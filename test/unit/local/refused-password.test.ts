import assert from "node:assert/strict";
import { refusalOf } from "../../../preflight/registry-answers";
import { refusalIn, refusedAtPreview, refusedAtUp } from "../../../local/refusal";
import { issueText } from "../../../registry/issue";
import { uidsOfFleet } from "../../../local/workloads";

const failed = (stdout: string, code = 1) => ({ code, stdout: `before\n  ${stdout}\nafter`, stderr: "" });

describe("make local", () => {
  it("knows the refusal of a wrong password at preview", () => {
    const verdict = { kind: "wrong-credential", status: 401, said: "denied" };
    const said = refusalOf({ registry: "registry.example.com", username: "puller", verdict } as never, {
      renewal: "set another",
    });
    assert.ok(said);
    const sentence = issueText(said.about("registry.example.com/fleet:v1"));
    assert.equal(refusalIn(failed(sentence), refusedAtPreview), sentence);
  });

  it("takes neither a success nor another failure for a refusal", () => {
    assert.throws(() => refusalIn(failed("401 Unauthorized", 0), refusedAtUp), /was not refused/);
    assert.throws(() => refusalIn(failed("connection refused"), refusedAtUp), /was not refused/);
  });

  it("compares the Deployment's pods alone: not a CronJob's, nor those on their way out", () => {
    const pod = (uid: string, container: string, deletionTimestamp?: string) => ({
      metadata: { uid, deletionTimestamp },
      spec: { containers: [{ name: container }] },
    });
    const pods = [pod("b", "fleet"), pod("c", "fleet-vulnprocessing"), pod("a", "fleet"), pod("d", "fleet", "now")];
    assert.equal(uidsOfFleet(pods), "a b");
  });
});
