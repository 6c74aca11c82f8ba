import type { Reply } from "../../../support/fake-registry";
import { errorReply, jwt } from "./probing";
import type { Answers, Credential } from "./registry-like";

/** A registry as docs/registries.md describes it. */
export interface RegistryKind extends Answers {
  /** As in `registries`. */
  readonly key: string;
  readonly username: string;
  /** Of its images, without the server. */
  readonly repository: string;
  /** What the preview says to a password that is no good one, where a source tells how the registry answers to it. */
  readonly says: Readonly<Partial<Record<Exclude<Credential, "good">, string>>>;
  /** Where its answers come from. */
  readonly sources: readonly [source: string, ...more: string[]];
}

export const wrongPassword = (said: string) => `HOST refuses USER for IMAGE: wrong password or expired token (${said})`;
export const noRight = (said: string) => `HOST does not let USER pull IMAGE (${said})`;
export const mayPush = "USER may not only pull but push IMAGE";

export const unauthorized = errorReply(401, "UNAUTHORIZED", "authentication required");
export const isGood = (credential: Credential) => credential === "good" || credential === "wide";

/** A token whose access can be read, with those of the actions that were asked for which the login has. */
export const readable = (credential: Credential, name: string, actions: readonly string[]) => {
  const granted = actions.filter((action) => action === "pull" || credential === "wide");
  return jwt({ sub: "someone", access: [{ type: "repository", name, actions: granted }] });
};
export const opaque = (credential: Credential) => `opaque-t0ken-of-a-${credential}-login`;

export const bearer =
  (tokenPath: string, service: string, scope = (repository: string) => `repository:${repository}:pull`) =>
  (host: string, repository: string) =>
    `Bearer realm="https://${host}${tokenPath}",service="${service}",scope="${scope(repository)}"`;

export const json = (status: number, value: object): Reply => ({ status, body: JSON.stringify(value) });
