import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { checkAutonaming } from "./autonaming";
import { childOptions, replaceable } from "./child-options";
import { checkName } from "./component-name";
import { dropDebugMessages } from "./debug-messages";
import type { ImagePullSecretsArgs } from "./image-pull-secrets-args";
import type { RegistryCredential } from "../registry/credentials";
import { dockerConfigJson, type Login } from "../registry/docker-config";
import { checkPullSecrets, credential, madeFor } from "./pull-credentials";
import { refuse } from "./user-error";

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

    const registries = args.registries ?? {};
    const makesSome = Object.keys(registries).length > 0;
    refuse([...(makesSome ? checkName(name) : []), ...checkAutonaming(), ...checkPullSecrets(args)]);
    const options = { ...childOptions(this, opts), ...replaceable };
    const existing = args.existing ?? [];
    // Which Secrets there are depends on the servers alone, so a missing or wrong password never changes the structure.
    const servers = madeFor(registries);
    const secrets = servers.map((registry) =>
      this.createSecret(`${name}-${registry.slug}`, args.namespace, registry, credential(registry, args), options),
    );
    this.secrets = secrets.map(({ metadata: { name, uid } }) => ({ name, uid: uid.apply(unknownIfNone) }));
    this.references = pulumi.output([
      ...this.secrets.map(({ name }) => ({ name })),
      ...existing.map((secret) => ({ name: secret.name })),
    ]);
    this.names = pulumi
      .all(this.secrets.map(({ name }) => name))
      .apply((names) => Object.fromEntries(servers.map((registry, i) => [registry.server, names[i] ?? ""])));
    const followed = existing.flatMap(({ name, revision }) => (revision === undefined ? [] : [{ name, revision }]));
    this.revisions = pulumi
      .output(followed)
      .apply((list) => Object.fromEntries(list.map(({ name, revision }) => [name, revision])));
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
    { server }: RegistryCredential,
    login: pulumi.Output<Login>,
    options: pulumi.CustomResourceOptions,
  ): Secret {
    const json = login.apply((known) => dockerConfigJson(server, known));
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

/** A preview shows a Secret whose data is unknown without a uid, and an owner with an empty one is refused by the API server. */
const unknownIfNone = (uid: string | undefined): string =>
  uid === undefined || uid === "" ? (pulumi.unknown as unknown as string) : uid;
