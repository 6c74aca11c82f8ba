import { doesNotMatch, equal } from "node:assert/strict";
import * as fc from "fast-check";
import { isIssue, issueText } from "../../../registry/issue";

describe("an issue", () => {
  it("is read as place, sentence and fix", () => {
    equal(
      issueText({ code: "missing", place: "fleet:imageTag", sentence: "is not set", fix: "set it" }),
      "fleet:imageTag is not set; set it",
    );
    equal(issueText({ code: "failing", sentence: "ghcr.io is broken" }), "ghcr.io is broken");
  });

  it("is one line without a character that acts on a terminal, whoever wrote what is in it", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, fix) =>
        doesNotMatch(
          issueText({ code: "wrong-pull-secret", sentence: `names ${name}`, fix }),
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
        ),
      ),
    ));

  it("is told from a parsed value", () => {
    equal(isIssue({ canonical: "ghcr.io" }), false);
    equal(isIssue({ code: "missing", sentence: "is empty" }), true);
  });
});
