/**
 * Installs the official Pulumi command line of the SDK's own version into the folder given as argument. A process of its
 * own, because the Automation API's installer has no time limit and a process can be given one.
 */
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { main, UserMistake } from "../support/terminal";

main(async () => {
  const root = process.argv[2];
  if (root === undefined) throw new UserMistake("usage: install-official-cli.ts FOLDER");
  await PulumiCommand.install({ root }).catch((error: unknown) => {
    throw new UserMistake(error instanceof Error ? error.message : String(error));
  });
});
