import { foreignText } from "./foreign-text";

/** What kind of thing is wrong, for machines: it stays when words change. */
export type IssueCode =
  // what a user wrote
  | "missing"
  | "malformed"
  | "unknown-key"
  | "duplicate"
  | "conflict"
  | "managed-value"
  | "encrypted"
  | "not-encrypted"
  // what the cluster says
  | "wrong-cluster"
  | "no-context"
  | "wrong-pull-secret"
  | "not-adoptable"
  | "tls-lost"
  | "last-change-failed"
  // what a registry says
  | "wrong-credential"
  | "login-needed"
  | "no-right"
  | "no-such-image"
  | "invalid-image"
  | "contradictory"
  | "rate-limited"
  | "failed-logins"
  | "unreachable"
  | "failing"
  | "anonymous-pull"
  | "unused-registry"
  | "may-push"
  | "push-unknown"
  // how a pod's images are pulled
  | "no-credential"
  | "not-checked"
  | "too-few-nodes"
  | "failed-pull"
  | "no-such-secret"
  | "unread-pull-secret"
  | "hidden-pull-secrets"
  | "unused-key"
  | "wide-key"
  | "no-username"
  | "not-asked"
  // what a command meets on the way
  | "no-such-stack"
  | "no-such-file"
  | "no-tool"
  | "stored-elsewhere"
  // what the calendar says
  | "password-expires"
  | "password-expired";

/** What a person is told who has to do something about it. No text of it ever holds a secret. */
export interface Issue {
  readonly code: IssueCode;
  /** A path in the arguments or a configuration key: `registries["ghcr.io"].username`. None where the sentence names it. */
  readonly place?: string;
  /** What is wrong: "is empty" after a place, else a whole sentence. */
  readonly sentence: string;
  /** What to do, as an order: "set the password". */
  readonly fix?: string;
}

/** Tells an issue from a parsed value. */
export function isIssue<T extends object>(result: T | Issue): result is Issue {
  return "sentence" in result;
}

/** An issue as a person reads it: one line, whatever names and words of others are in it. */
export function issueText({ place, sentence, fix }: Issue): string {
  const text = `${place === undefined ? "" : `${place} `}${sentence}${fix === undefined ? "" : `; ${fix}`}`;
  return foreignText(text, 10_000);
}
