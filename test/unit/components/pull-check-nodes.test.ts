import assert from "node:assert/strict";
import { checkNodes } from "../../../components/pull-check-nodes";
import { issueText } from "../../../registry/issue";

describe("a pull check on several nodes", () => {
  it("needs an engine that makes its Jobs at once", () => {
    const said = (pullCheckNodes: number, atOnce?: number) => checkNodes({ pullCheckNodes }, atOnce).map(issueText);
    assert.deepEqual(said(3, 2), [
      "pullCheckNodes is 3, and its Jobs have to be made at once, but --parallel is 2; run pulumi with --parallel 3",
    ]);
    assert.deepEqual([...said(3, 3), ...said(3, 0), ...said(3), ...said(1, 1)], []);
  });
});
