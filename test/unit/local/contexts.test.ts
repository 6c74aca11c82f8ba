import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { folderOfContext, usedContexts } from "../../../local/contexts";

describe("the folders of contexts", () => {
  let state = "";
  beforeEach(() => (state = fs.mkdtempSync(path.join(os.tmpdir(), "contexts-"))));
  afterEach(() => fs.rmSync(state, { recursive: true }));

  it("are found again, whatever a context is called", () => {
    const contexts = [
      "arn:aws:eks:eu-central-1:123456789012:cluster/test",
      "../escape",
      "admin@cluster.local",
      "gke_project_zone_name",
      "100% mine",
    ];
    for (const context of contexts) fs.mkdirSync(folderOfContext(context, state), { recursive: true });
    assert.deepEqual(usedContexts(state).sort(), contexts.sort());
    assert.deepEqual(fs.readdirSync(state), ["contexts"]);
  });

  it("are none before the first", () => assert.deepEqual(usedContexts(state), []));
});
