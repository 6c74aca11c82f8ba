import type * as pulumi from "@pulumi/pulumi";

/** A pull Secret that exists already, made by another team, External Secrets or `kubectl`. */
export interface ExistingSecret {
  /** Its name. */
  readonly name: pulumi.Input<string>;
  /**
   * Its `resourceVersion`, which is not secret, or any text that changes with the Secret: what pulls with it is rolled then.
   * @default none: what changes the Secret is nobody's concern here, as with a token that is refreshed every few hours
   */
  readonly revision?: pulumi.Input<string>;
}

/** One registry as a stack's configuration describes it; its password is given apart, so that only that is encrypted. */
export interface Registry {
  /** The account that may pull: at least one character, no `:` (RFC 7617, section 2). */
  readonly username: pulumi.Input<string>;
  /** Written into the Secret for those who ask whose account it is. @default none */
  readonly email?: pulumi.Input<string>;
  /** The day the password expires, `YYYY-MM-DD`. @default none */
  readonly expires?: pulumi.Input<string>;
}

export interface ImagePullSecretsArgs {
  /** The namespace that the pods run in: a pull Secret serves its own namespace only. */
  readonly namespace: pulumi.Input<string>;
  /**
   * Registries by server, as users write servers: `ghcr.io`, `registry.example.com:5000/team`, `docker.io`, `*.example.com`.
   * Two spellings of one server, or two servers with one Secret name, are refused with a `UserError`. @default none
   */
  readonly registries?: Readonly<Record<string, Registry>>;
  /**
   * Passwords or tokens by the same keys as `registries`: not empty, without control characters, at most what a Secret holds.
   * Treated as secret whatever is given. A key that `registries` lacks, or that lacks a password, is a `UserError`. @default none
   */
  readonly passwords?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Secrets that exist in the namespace already. @default none */
  readonly existing?: ExistingSecret[];
}
