import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { checkAutonaming } from "./autonaming";
import { childOptions, replaceable } from "./child-options";
import { dropDebugMessages } from "./debug-messages";
import { checkRegistries, type RegistryCredential } from "../registry/credentials";
import { dockerConfigJson } from "../registry/docker-config";
import type { Issue } from "../registry/issue";
import { UserError } from "./user-error";

/** A pull Secret that exists already, made by another team, External Secrets or `kubectl`. */
export interface ExistingSecret {
  /** Its name. */
  readonly name: string;
  /**
   * Its `resourceVersion`, which is not secret, or any text that changes with the Secret: what pulls with it is rolled then.
   * @default none: what changes the Secret is nobody's concern here, as with a token that is refreshed every few hours
   */
  readonly revision?: pulumi.Input<string>;
}

/** An item of a pod's `imagePullSecrets`. */
export interface PullSecretReference {
  /** The Secret's name. */
  readonly name: string;
}

/** A Secret that was made, as `ownerReferences` name it. */
export interface MadeSecret {
  /** Its name in the cluster. */
  readonly name: pulumi.Output<string>;
  /** Its uid. */
  readonly uid: pulumi.Output<string>;
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

/**
 * The image pull Secrets of one namespace: one per registry, and the ones that exist already.
 *
 * Each Secret is immutable and named by Pulumi, so a new password makes a new Secret under a new name, everything that
 * names it is updated, and the old one goes last. The kubelet does not watch immutable Secrets
 * (kubernetes `pkg/kubelet/util/manager`), so a name must never come back with another content.
 */
export class ImagePullSecrets extends pulumi.ComponentResource {
  /** What a pod spec lists: the created Secrets in the order of their servers, then the existing ones as given. */
  readonly references: pulumi.Output<PullSecretReference[]>;
  /** The name of the Secret made for each server. */
  readonly names: pulumi.Output<Record<string, string>>;
  /** The `resourceVersion` of each existing Secret that has one given, by name: it changes when someone changes the Secret elsewhere. */
  readonly revisions: pulumi.Output<Record<string, string>>;
  /** The Secrets made here, for the `owners` of an `ImagePullCheck`. */
  readonly secrets: MadeSecret[];

  constructor(name: string, args: ImagePullSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:ImagePullSecrets", name, {}, opts);
    dropDebugMessages();

    const issues = checkAutonaming();
    if (issues.length > 0) throw new UserError(issues);

    const options = { ...childOptions(this, opts), ...replaceable };
    const registries = args.registries ?? {};
    if (pulumi.Output.isInstance(registries)) throw new UserError([unknownServers]);
    const passwords = pulumi.secret(pulumi.output(args.passwords ?? {}));
    const existing = args.existing ?? [];
    // Which Secrets there are depends on the servers alone, so a missing or wrong password never changes the structure.
    const servers = credentials(
      known(registries),
      Object.fromEntries(Object.keys(registries).map((key) => [key, "-"])),
    );
    const checked = pulumi
      .all([pulumi.output(registries), passwords])
      .apply(([values, byServer]) => credentials(values, byServer));

    const secrets = servers.map((registry) =>
      this.createSecret(`${name}-${registry.slug}`, args.namespace, registry, checked, passwords, options),
    );
    this.secrets = secrets.map(({ metadata: { name, uid } }) => ({ name, uid }));
    this.references = pulumi.output([
      ...this.secrets.map(({ name }) => ({ name })),
      ...existing.map((secret) => ({ name: secret.name })),
    ]);
    this.names = pulumi
      .all(this.secrets.map(({ name }) => name))
      .apply((names) => Object.fromEntries(servers.map((registry, i) => [registry.server, names[i] ?? ""])));
    const followed = existing.flatMap(({ name, revision }) => (revision === undefined ? [] : [[name, revision]]));
    this.revisions = pulumi.output(Object.fromEntries(followed) as Record<string, pulumi.Input<string>>);
    this.registerOutputs({
      references: this.references,
      names: this.names,
      revisions: this.revisions,
      secrets: this.secrets,
    });
  }

  private createSecret(
    name: string,
    namespace: pulumi.Input<string>,
    registry: RegistryCredential,
    checked: pulumi.Output<readonly RegistryCredential[]>,
    passwords: pulumi.Output<Record<string, string>>,
    options: pulumi.CustomResourceOptions,
  ): Secret {
    const json = pulumi.all([checked, passwords]).apply(([all, byServer]) => {
      const { username, email } = all.find(({ key }) => key === registry.key) ?? registry;
      const password = byServer[registry.key] ?? "";
      return dockerConfigJson(registry.server, { username, password, ...(email !== undefined && { email }) });
    });
    return new Secret(
      name,
      {
        metadata: {
          namespace,
          labels: { "app.kubernetes.io/part-of": "fleet" },
          // It is this stack's alone: an edit by hand is taken back, where server-side apply would report a conflict.
          annotations: { "pulumi.com/patchForce": "true" },
        },
        type: "kubernetes.io/dockerconfigjson",
        immutable: true,
        data: { ".dockerconfigjson": json.apply((text) => Buffer.from(text).toString("base64")) },
      },
      options,
    );
  }
}

const unknownServers: Issue = {
  code: "malformed",
  place: "registries",
  sentence: "is an output, but its keys decide which Secrets are made",
  fix: "write the servers as plain keys; usernames and passwords may be outputs",
};

/** What can be checked before anything is made: outputs are left out, or stand as a username that is none. */
function known(registries: Readonly<Record<string, Registry>>): Readonly<Record<string, object>> {
  const isLater = (value: unknown) => pulumi.Output.isInstance(value) || value instanceof Promise;
  const fields = (registry: Registry) =>
    Object.entries(registry).flatMap(([name, value]: [string, unknown]) => {
      if (!isLater(value)) return [[name, value] as const];
      return name === "username" ? [[name, "-"] as const] : [];
    });
  return Object.fromEntries(
    Object.entries(registries).map(([key, registry]) => [
      key,
      typeof registry === "object" && registry !== null ? Object.fromEntries(fields(registry)) : registry,
    ]),
  );
}

function credentials(
  registries: Readonly<Record<string, unknown>>,
  passwords: Readonly<Record<string, string>>,
): readonly RegistryCredential[] {
  const result = checkRegistries(registries, passwords);
  if (result.issues.length === 0) return result.registries;
  throw new UserError(result.issues);
}
