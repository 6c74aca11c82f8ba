import assert from "node:assert/strict";
import { UserError } from "../../../components/user-error";
import { ensureDebianTools } from "../../../local/toolchain/debian-packages";

describe("a Debian package", () => {
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  it("that cannot be installed is one sentence, also where nobody looked before", async () => {
    process.env.PATH = "/nowhere";
    await assert.rejects(
      ensureDebianTools([{ command: "skopeo", package: "skopeo" }], () => true),
      new UserError("The local cluster needs these commands, and they can only be installed here by hand: skopeo."),
    );
  });
});
