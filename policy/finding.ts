import type { ReportViolation } from "@pulumi/policy";
import { foreignText } from "../registry/foreign-text";
import type { Unknown } from "./plain";

/** Names, images and types in a message are another program's; a message of many places may be long. */
const shown = (message: string) => foreignText(message, 5000);

/** What a rule says of a resource. */
export interface Finding {
  /** The resource's. @default the one that is looked at */
  readonly urn?: string;
  /** One sentence: the resource, what is wrong and the fix; for an unknown value, only what is unknown. Never a secret. */
  readonly message: string;
  /** What the rule has to know first. @default it is a violation */
  readonly unknown?: Unknown;
}

/**
 * Reports violations under the rule's level. What could not be decided is an advisory message whatever that level is, which the
 * SDK makes of the error that an unknown value throws: neither an alarm nor silence.
 */
export function report(findings: readonly Finding[], reportViolation: ReportViolation): void {
  for (const { message, urn, unknown } of findings) if (unknown === undefined) reportViolation(shown(message), urn);
  const undecided = findings.filter(({ unknown }) => unknown !== undefined);
  const error = undecided[0]?.unknown?.error;
  if (error === undefined) return;
  const what = [...new Set(undecided.map(({ message }) => message))].join(", ");
  error.message = `${shown(what)} can't be known before pulumi up, which checks it then`;
  throw error;
}
