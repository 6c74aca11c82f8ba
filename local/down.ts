import * as fs from "node:fs";
import * as path from "node:path";
import { stopCluster } from "./cluster";
import { openOwnCluster } from "./own-cluster";
import { openDevStack } from "./session";
import { stateDir } from "./support/paths";
import { main, say, step, UserMistake } from "./support/terminal";

/** Takes away everything that `make local` and the tests made, but the cached tools. */
main(async () => {
  // On a cluster that the user has, what was deployed there has to be destroyed; the local one goes as a whole.
  const contexts = path.join(stateDir, "contexts");
  for (const context of fs.existsSync(contexts) ? fs.readdirSync(contexts) : []) {
    await step(`Destroying the stack on ${context}`, () => destroyOn(context));
  }
  await step("Removing the local cluster", () => stopCluster());
  fs.rmSync(stateDir, { recursive: true, force: true });
  say("Nothing of it is left.");
});

async function destroyOn(context: string): Promise<void> {
  const session = await openOwnCluster(context);
  try {
    const { code, stdout, stderr } = await (await openDevStack(session)).destroy();
    if (code !== 0) throw new UserMistake(`pulumi destroy failed on ${context}:\n${stdout}\n${stderr}`);
  } finally {
    await session.close();
  }
}
