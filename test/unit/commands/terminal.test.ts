import { strict as assert } from "node:assert";
import { hasColour } from "../../../commands/terminal";

describe("colours", () => {
  it("are for terminals that have them, and for people who want them", () => {
    assert.ok(hasColour(true, { TERM: "xterm" }));
    assert.ok(hasColour(true, { TERM: "xterm", NO_COLOR: "" }), "no-color.org: present and not empty");
    assert.ok(!hasColour(true, { TERM: "xterm", NO_COLOR: "1" }));
    assert.ok(!hasColour(true, { TERM: "dumb" }));
    assert.ok(!hasColour(false, { TERM: "xterm" }));
  });
});
