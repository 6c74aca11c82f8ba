import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../../components/user-error";
import { recordingIssues } from "../../../preflight";

describe("what a stack of a project with another name is told", () => {
  const nothing = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  after(() => pulumi.runtime.setMocks(nothing, "fleet"));

  it("names its keys as its files write them, and leaves what is no key", async () => {
    await pulumi.runtime.setMocks(nothing, "acme-fleet", "production");
    const refused = recordingIssues(() => {
      throw new UserError([
        { code: "wrong-cluster", place: "fleet:clusterUid", sentence: "is another", fix: "see fleet:registries" },
        {
          code: "missing",
          place: "acme-fleet:imageTag",
          sentence: "is not set",
          fix: "did you mean acme-fleet:hostName?",
        },
        { code: "no-right", sentence: "ghcr.io/team/fleet:imageTag is refused; fleet:v4.85.0 too", fix: "renew it" },
      ]);
    });
    await assert.rejects(refused, {
      message:
        "acme-fleet:clusterUid is another; see acme-fleet:registries\n" +
        "acme-fleet:imageTag is not set; did you mean acme-fleet:hostName?\n" +
        "ghcr.io/team/fleet:imageTag is refused; fleet:v4.85.0 too; renew it",
    });
  });
});
