import assert from "node:assert/strict";
import { pulumiOperations, type RotationContext } from "../../../../commands/rotate/operations";
import { SecretText } from "../../../../registry/secret-text";

/** Pulumi hands on what providers and registries say, and nobody knows what that is. */
describe("what Pulumi said of a rotation", () => {
  const password = "marker-of-the-new-password";
  const target = { stack: "dev", wave: 1, file: "Pulumi.dev.yaml", key: "r.example.com", account: "bot" };
  const said = `error: ${password} or ${Buffer.from(password).toString("base64")} at https://u:p@r.example.com`;
  const work = {
    request: { canonical: "r.example.com" },
    project: "fleet",
    password: new SecretText(password),
    pulumi: { run: () => Promise.resolve({ code: 255, stdout: "", stderr: said }) },
    staging: { stage: () => Promise.resolve([said]), configFile: () => "", issuesFile: () => "/nonexistent" },
    interrupted: new AbortController().signal,
    stacks: 1,
  } as unknown as RotationContext;

  it("is shown without the new password, in whatever form, and without the user info of addresses", async () => {
    const operations = pulumiOperations(work);
    const { words } = await operations.preview(target);
    const shown = [...words, ...((await operations.up(target)) ?? []), await operations.stage(target)].join("\n");
    assert.equal(shown.split("*** or *** at https://***@r.example.com").length, 4, shown);
    assert.doesNotMatch(shown, /marker|bWFya2Vy/);
  });
});
