import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { requireOwnState } from "../../../local/own-state";
import { checkout } from "../../../local/support/paths";
import { UserError } from "../../../components/user-error";

describe("a state folder", () => {
  const uid = process.getuid?.() ?? 0;
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "own-state-"));
    fs.mkdirSync(path.join(folder, "cluster"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const refused = (file: string, owner: string) =>
    new UserError(`${path.relative(checkout, file)} belongs to ${owner}; run make local-down as that user first.`);
  const owner = uid === 0 ? "root" : `the user with the id ${uid}`;

  it("of another user is refused in one sentence", () => {
    assert.throws(() => requireOwnState(folder, uid + 1), refused(folder, owner));
  });

  it("with something of another user in it is refused too, also where a folder may not be read", function () {
    if (uid !== 0) this.skip(); // only root gives files away
    fs.chownSync(folder, 1000, 1000);
    assert.throws(() => requireOwnState(folder, 1000), refused(path.join(folder, "cluster"), "root"));
    fs.chownSync(path.join(folder, "cluster"), 1001, 1000);
    assert.throws(
      () => requireOwnState(folder, 1000),
      refused(path.join(folder, "cluster"), "the user with the id 1001"),
    );
  });

  it("of one's own is taken, and root takes anybody's, and one that is not there is nobody's", () => {
    requireOwnState(folder);
    requireOwnState(folder, 0);
    requireOwnState(path.join(folder, "none"), uid + 1);
  });
});
