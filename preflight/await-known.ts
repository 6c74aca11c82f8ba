import * as pulumi from "@pulumi/pulumi";
import { dropDebugMessages } from "../components/debug-messages";

/**
 * The value of an output of a resource that is read with `.get`, which is known in a preview too. It lets an async program
 * check what it read before it registers anything, so that a mistake changes nothing.
 *
 * A read that fails never gets here: the engine prints the provider's error with the resource's logical name and ends the
 * program. That name is all that such an error says of the configuration, so let it be the key that leads there.
 */
export function awaitKnown<T>(output: pulumi.Output<T>): Promise<T> {
  dropDebugMessages();
  return new Promise((resolve) => pulumi.output(output).apply((value) => resolve(value as T)));
}
