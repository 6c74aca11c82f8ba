import assert from "node:assert/strict";
import { requireRoot } from "../../../local/cluster";
import { UserMistake } from "../../../local/support/terminal";

describe("a machine", () => {
  const { platform } = process;
  afterEach(() => {
    Object.defineProperty(process, "platform", { value: platform });
  });

  it("that is no Linux is told so in one sentence", () => {
    Object.defineProperty(process, "platform", { value: "darwin" });
    assert.throws(requireRoot, new UserMistake("The local cluster runs on Linux only: use a Linux machine."));
  });
});
