import assert from "node:assert/strict";
import { stackMask } from "../../../config/stack-secrets";
import { rawConfig } from "../support/raw-config";

describe("what the texts of a stack's run hide", () => {
  const shown = (text: string, stack: Readonly<Record<string, unknown>>, encrypted: readonly string[] = []) =>
    stackMask("fleet", rawConfig(stack, encrypted)).text(text);

  it("is every password, key and token, whether it is encrypted or only should be", () => {
    const stack = {
      registryPasswords: { "ghcr.io": "password-one", "quay.io": 12345678 },
      databasePassword: "password-two",
      "other:token": "password-three",
    };
    assert.equal(
      shown("ghcr.io password-one 12345678 password-two password-three", stack, ["other:token"]),
      "ghcr.io *** *** *** ***",
    );
    const { values } = rawConfig(stack);
    assert.equal(stackMask("fleet", { values, isSecret: () => false }).text("password-two"), "***");
  });

  it("is no value in plain text", () => {
    assert.equal(
      shown("v4.85.0 fleet.example.com", { imageTag: "v4.85.0", hostName: "fleet.example.com" }),
      "v4.85.0 fleet.example.com",
    );
  });

  it("is an encrypted username that could be a token, and not one that is a word of other texts", () => {
    const stack = { registries: { "ghcr.io": { username: "dop_v1_0123" }, "quay.io": { username: "fleet" } } };
    assert.equal(shown("dop_v1_0123 fleet:registries", stack, ["registries"]), "*** fleet:registries");
    assert.equal(shown("dop_v1_0123", stack), "dop_v1_0123");
  });
});
