import type { DockerConfigEntry } from "../registry/docker-config";

/** A credential of a pull Secret. */
export interface PullCredential extends DockerConfigEntry {
  /** What a person is told of the username, which may be secret. */
  readonly account: string;
  /** What gives it a new password, as an order. */
  readonly renewal: string;
  /** The key of the configuration that it comes from. @default none: it is in a Secret that others made */
  readonly place?: string;
}
