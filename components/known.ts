import * as pulumi from "@pulumi/pulumi";

/**
 * The value of one of a read resource's outputs, or `undefined` when the read failed; the engine has then said why.
 *
 * Only for resources read with `.get`, whose outputs are known in a preview too. It lets an async program check them
 * before it registers anything, so that a mistake changes nothing.
 */
export async function known<T>(resource: pulumi.CustomResource, output: pulumi.Output<T>): Promise<T | undefined> {
  const properties: unknown[] = Object.values(resource);
  for (const one of [...properties, output]) if (pulumi.Output.isInstance(one)) expectFailure(one);
  return insideOf(output)
    .promise()
    .catch(() => undefined);
}

/** The promises inside an output; `apply` is never called when a read fails. */
interface Inside<T> {
  promise(): Promise<T>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
}

const insideOf = <T>(output: pulumi.Output<T>): Inside<T> => output as unknown as Inside<T>;

/** Each output of a read that failed is rejected, and a rejection that nobody handles would print as a crash. */
function expectFailure(output: pulumi.Output<unknown>): void {
  const { isKnown, isSecret } = insideOf(output);
  isKnown.catch(() => undefined);
  isSecret.catch(() => undefined);
}
