import assert from "node:assert/strict";
import { messagesOf } from "./raw-config";

/** What is wrong, the stack's keys, what it is told, and which plain keys have something encrypted in them. */
export type MessageCase = readonly [
  what: string,
  stack: Readonly<Record<string, unknown>>,
  messages: readonly string[],
  encrypted?: readonly string[],
];

/** One test for each case: its exact messages, and that there is one. */
export function testMessages(cases: readonly MessageCase[]): void {
  for (const [what, stack, messages, encrypted] of cases) {
    it(what, () => {
      assert.ok(messages.length > 0);
      assert.deepEqual(messagesOf(stack, encrypted), messages);
    });
  }
}

/** Said of a plain key with something encrypted in it. */
export const onlySecretsAreEncrypted =
  "holds an encrypted value, but only passwords, keys and tokens are encrypted; set it with --plaintext";

/** Said of a name that no Secret can have. */
export const badSecretName =
  'is not a name that Kubernetes takes for a Secret; use lower-case letters, digits, "-" and ".", ' +
  "with a letter or digit at both ends of every part";
