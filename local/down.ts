import * as fs from "node:fs";
import { stopCluster } from "./cluster";
import { requireOwnState } from "./own-state";
import { stateDir } from "./support/paths";
import { main, say, step } from "../commands/terminal";

/** Takes away everything that `make local` and the tests made, but the cached tools. */
main(async () => {
  requireOwnState();
  await step("Removing the local cluster", () => stopCluster());
  fs.rmSync(stateDir, { recursive: true, force: true });
  say("Nothing of it is left.");
});
