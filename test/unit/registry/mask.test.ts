import assert from "node:assert/strict";
import { Mask } from "../../../registry/mask";
import { writtenForms } from "../../../registry/secret-forms";

const secret = 'mar+ker/"päss&word"';

describe("a mask", () => {
  it("hides every form of a secret, whatever stands around it and in whatever case", () => {
    const mask = new Mask(["other-secret", secret]);
    for (const [name, form] of writtenForms(secret)) {
      assert.equal(mask.text(`before ${form} after`), "before *** after", name);
      assert.ok(!mask.text(`x${form.toUpperCase()}y`).includes(form.toUpperCase()), name);
    }
  });

  it("hides a longer secret before one that is a part of it", () => {
    assert.equal(new Mask(["token", "token-of-two"]).text("a token-of-two, a token"), "a ***, a ***");
  });

  it("hides a short one where it stands alone, and leaves words whole", () => {
    assert.equal(
      new Mask(["is", "p"]).text("this is p, of registries: p's is"),
      "this *** ***, of registries: ***'s ***",
    );
  });

  it("takes a secret for a text and not for a pattern", () => {
    assert.equal(new Mask(["a.c$&(["]).text("abc$&([ a.c$&(["), "abc$&([ ***");
  });

  it("hides the user info of every address, known or not", () => {
    const mask = new Mask([]);
    assert.equal(
      mask.text("see https://u:p@a.example.com/x, http://token@b:80 and oci://u:p@ss@c"),
      "see https://***@a.example.com/x, http://***@b:80 and oci://***@c",
    );
    for (const plain of ["https://a.example.com/@scope", "a@b.c", "fleet@sha256:00", "https://a/?x=@"]) {
      assert.equal(mask.text(plain), plain);
    }
  });

  it("leaves every other text, and hides in all texts of an issue but its code", () => {
    const mask = new Mask([secret, "", " ", "missing"]);
    assert.equal(mask.text("fleet:imageTag is not set"), "fleet:imageTag is not set");
    assert.deepEqual(
      mask.issue({ code: "missing", place: `registries["${secret}"]`, sentence: `is ${secret}`, fix: `not ${secret}` }),
      { code: "missing", place: 'registries["***"]', sentence: "is ***", fix: "not ***" },
    );
    assert.deepEqual(mask.issue({ code: "missing", sentence: "x" }), { code: "missing", sentence: "x" });
  });

  it("is quick with a long secret and many texts", () => {
    const mask = new Mask([
      "k".repeat(20_000),
      ...Array.from({ length: 20 }, (_, i) => `secret-${i}-${"x".repeat(40)}`),
    ]);
    const start = performance.now();
    for (let i = 0; i < 50; i++) mask.text("one sentence of some length; and what is to be done about it now");
    assert.ok(performance.now() - start < 2_000);
  });
});
