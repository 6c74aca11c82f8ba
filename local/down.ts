import * as fs from "node:fs";
import { stopCluster } from "./cluster";
import { usedContexts } from "./contexts";
import { destroyOnOwnCluster } from "./own-cluster";
import { stateDir } from "./support/paths";
import { main, say, step } from "./support/terminal";

/** Takes away everything that `make local` and the tests made, but the cached tools. */
main(async () => {
  // On a cluster that the user has, what was deployed there has to be destroyed; the local one goes as a whole.
  for (const context of usedContexts()) {
    await step(`Destroying the stack on ${context}`, () => destroyOnOwnCluster(context));
  }
  await step("Removing the local cluster", () => stopCluster());
  fs.rmSync(stateDir, { recursive: true, force: true });
  say("Nothing of it is left.");
});
