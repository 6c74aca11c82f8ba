import * as pulumi from "@pulumi/pulumi";
import { dropDebugMessages } from "../components/debug-messages";

/** The SDK has the field, and its type declarations leave it out (`@pulumi/pulumi` output.ts). */
type Known = { readonly isKnown: Promise<boolean> };

/**
 * The value of an output of a resource that is read with `.get`, which is known in a preview too. It lets an async program
 * check what it read before it registers anything, so that a mistake changes nothing.
 *
 * A read that fails never gets here: the engine prints the provider's error with the resource's logical name and ends the
 * program. That name is all that such an error says of the configuration, so let it be the key that leads there.
 *
 * @returns `undefined` for what this preview cannot know: an output of a resource that is not made yet, and whatever is read with a
 *   provider that is configured with one. To wait for it would end the program there, with exit code 0.
 */
export async function awaitKnown<T>(given: pulumi.Output<T>): Promise<T | undefined> {
  dropDebugMessages();
  const output = pulumi.output(given);
  if (!(await (output as unknown as Known).isKnown)) return undefined;
  return new Promise((resolve) => output.apply((value) => resolve(value as T)));
}
