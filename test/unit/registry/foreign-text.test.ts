import assert from "node:assert/strict";
import * as fc from "fast-check";
import { foreignLines, foreignText } from "../../../registry/foreign-text";

/** Any text, with much of what is not to be shown in it. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\x1b[31m",
        "\r",
        "\n",
        "::",
        "::error::",
        "##[",
        "##vso[",
        "#",
        " ",
        "\u202e",
        "\u2028",
        "\ud800",
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("text that others wrote", () => {
  it("is shown as it is where nothing of it acts", () => {
    for (const shown of [
      "fleet-puller",
      "kubernetes.io/dockerconfigjson",
      "Müller 日本 🚀",
      "a: b::c # d",
      String.raw`C:\x`,
    ]) {
      assert.equal(foreignText(shown), shown);
    }
  });

  it("is shown with escapes for what acts on a terminal, ends the line, hides or turns the text round", () => {
    assert.equal(foreignText("a\x1b[2Jb\r\nc\td\x00\x7f\x9b"), String.raw`a\x1b[2Jb\r\nc d\x00\x7f\x9b`);
    assert.equal(foreignText("user\u202egnp\u200b\u2028\ud800"), String.raw`user\u{202e}gnp\u{200b}\u{2028}\u{d800}`);
  });

  it("begins no command of a CI runner", () => {
    assert.equal(foreignText("::add-mask::x"), String.raw`\x3a:add-mask::x`);
    assert.equal(foreignText("  ::error::x"), String.raw`  \x3a:error::x`);
    assert.equal(foreignText("a ##[group]b ##VSO[x]###[y]"), String.raw`a \x23#[group]b \x23#VSO[x]#\x23#[y]`);
  });

  it("is cut where it is long, between characters and before an escape that does not fit", () => {
    assert.equal(foreignText("x".repeat(201)), `${"x".repeat(199)}…`);
    assert.equal(foreignText("x".repeat(200)), "x".repeat(200));
    assert.equal(foreignText("ab🚀🚀", 5), "ab🚀…");
    assert.equal(foreignText("abc\x1bde", 6), "abc…");
    assert.equal(foreignText("abc", 1), "…");
  });

  it("never has anything of it, whatever it is", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 60 }), (raw, maxLength) => {
        const shown = foreignText(raw, maxLength);
        assert.doesNotMatch(shown, /[\p{Cc}\p{C}\p{Zl}\p{Zp}]/u);
        assert.doesNotMatch(shown, /^\s*::|##\[|##vso\[/i);
        assert.ok(shown.length <= maxLength);
        for (const line of foreignLines(raw)) assert.doesNotMatch(line, /\p{Cc}|^\s*::|##(vso)?\[/iu);
      }),
    );
  });

  it("is the same when it is shown twice", () => {
    fc.assert(
      fc.property(text, (raw) => assert.equal(foreignText(foreignText(raw, 5000), 9000), foreignText(raw, 5000))),
    );
  });

  it("of many lines is its last ones, one by one", () => {
    assert.deepEqual(foreignLines("a\r\n\n  b\x1b  \rc\n::d\n"), ["a", String.raw`  b\x1b`, "c", String.raw`\x3a:d`]);
    assert.deepEqual(foreignLines("1\n2\n3", 2), ["2", "3"]);
  });
});
