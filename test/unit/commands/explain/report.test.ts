import assert from "node:assert/strict";
import * as fc from "fast-check";
import { report } from "../../../../commands/explain/report";

/** Of any characters: control characters, line breaks and what a CI runner takes for a command are among them. */
const foreign = fc.string({
  unit: fc.oneof(fc.constantFrom("\x1b", "\n", "\r", "\u202e", ":", "#", "["), fc.string()),
});

describe("what make explain prints", () => {
  it("has no character that acts on a terminal, whatever names, keys and usernames others chose", () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const printed = report({
          stack: "dev",
          images: [
            {
              workload: `Deployment/${text}`,
              namespace: text,
              container: text,
              role: "container",
              image: text,
              outcome: "credential",
              credentials: [{ registry: text, secret: text, username: text, why: "its key matches" }],
            },
          ],
          problems: [text],
          warnings: [text],
          notes: [text],
        });
        assert.doesNotMatch(printed.replaceAll("\n", ""), /\p{Cc}|\u202e/u);
        assert.doesNotMatch(printed, /^\s*::|##\[/m);
        // The head, the row and the reason; an error, a warning and a note; the sum; and what is between them.
        assert.equal(printed.trimEnd().split("\n").length, 10);
      }),
    );
  });
});
