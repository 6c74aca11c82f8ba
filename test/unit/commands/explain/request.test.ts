import { strict as assert } from "node:assert";
import * as path from "node:path";
import { issueText } from "../../../../registry/issue";
import { parseExplainRequest } from "../../../../commands/explain/request";

describe("a request for an explanation", () => {
  it("is about dev where it names no stack", () => {
    assert.deepEqual(parseExplainRequest({}), { stack: "dev", json: false, publicImages: [] });
    assert.deepEqual(
      parseExplainRequest({ STACK: "", JSON: "", PUBLIC: "", CONFIG_FILE: "" }),
      parseExplainRequest({}),
    );
  });

  it("takes a stack, a file of it, what is public, and JSON", () => {
    const variables = {
      STACK: "acme/fleet/prod",
      CONFIG_FILE: "stacks/Pulumi.prod.yaml",
      PUBLIC: "mirror.example.com:5000, ghcr.io/acme/public",
      JSON: "1",
    };
    assert.deepEqual(parseExplainRequest(variables), {
      stack: "acme/fleet/prod",
      configFile: path.resolve("stacks/Pulumi.prod.yaml"),
      publicImages: ["mirror.example.com:5000", "ghcr.io/acme/public"],
      json: true,
    });
  });

  it("is refused with every problem at once", () => {
    const refused = parseExplainRequest({ STACK: "../$(x)", JSON: "yes" });
    if ("stack" in refused) assert.fail("it was taken");
    assert.deepEqual(refused.map(issueText), [
      'STACK is "../$(x)", which no stack is called; use letters, digits, "-", "_" and ".": make explain STACK=dev',
      "JSON is yes; set JSON=1 to have JSON on standard output, or leave it out",
    ]);
  });
});
