import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, replaceable } from "./child-options";
import { checkName } from "./component-name";
import { dropDebugMessages } from "./debug-messages";
import { adoptedNamespace, defaultNamespace, releaseId, releaseName } from "./release";
import { releaseChart } from "./chart";
import { Datastores } from "./datastores";
import type { FleetArgs } from "./fleet-args";
import { checkFleetArgs, withoutNulls } from "./fleet-arguments";
import { defaultHostName, FleetSecrets } from "./fleet-secrets";
import { podSettingsInValues } from "./fleet-pods";
import { mergeValues, pullSecretsInValues } from "./fleet-values";
import { ImagePullCheck, revisionAnnotations } from "./image-pull-check";
import { ImagePullSecrets } from "./image-pull-secrets";
import { datastoreImages, pulledImages } from "./images";
import { podSecurityLabels } from "./pod-security-level";
import { refuse } from "./user-error";

/**
 * Fleet on Kubernetes from private registries, in the order: namespace, pull Secrets, pull check, datastores, Helm release.
 *
 * One per namespace, since Fleet's chart gives its objects fixed names.
 */
export class Fleet extends pulumi.ComponentResource {
  /** The namespace that everything is in. */
  readonly namespace: pulumi.Output<string>;
  /** The Helm release. */
  readonly release: Release;
  /** The name of the pull Secret made for each server. */
  readonly pullSecretNames: pulumi.Output<Record<string, string>>;
  /** `https://` and the host name. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: FleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:Fleet", name, {}, opts);
    dropDebugMessages();
    args = withoutNulls(args);
    const values = args.values ?? {};
    const hasDatastores = args.database === undefined || args.cache === undefined;
    refuse([...checkName(name, hasDatastores), ...checkFleetArgs(args)]);

    const options = childOptions(this, opts);
    const protect = args.protect ?? opts?.protect ?? true;
    this.namespace = this.createNamespace(name, args, { ...options, protect });
    const { registries, passwords, existing } = args;
    const pullSecrets = new ImagePullSecrets(
      name,
      { namespace: this.namespace, registries, passwords, existing },
      { ...options, ...replaceable },
    );
    const imagePullSecrets = pullSecrets.references.apply((references) => [
      ...references,
      ...pullSecretsInValues(values)
        .filter((named) => !references.some((reference) => reference.name === named))
        .map((named) => ({ name: named })),
    ]);
    const check = this.createPullCheck(name, args, pullSecrets, imagePullSecrets, { ...options, ...replaceable });
    const { mysql: mysqlImage, valkey: valkeyImage } = datastoreImages(args);
    const datastores = new Datastores(
      name,
      {
        namespace: this.namespace,
        imagePullSecrets,
        mysqlImage,
        valkeyImage,
        mysqlVolumeSize: args.mysqlVolumeSize,
        mysqlStorageClass: args.mysqlStorageClass,
        user: args.datastoreUser,
        protect,
      },
      pulumi.mergeOptions(options, { dependsOn: check }),
    );
    const settings = new FleetSecrets(name, this.namespace, options).create({ ...args, protect }, datastores);

    this.release = new Release(
      name,
      {
        ...releaseChart(args),
        name: releaseName,
        namespace: this.namespace,
        atomic: true,
        cleanupOnFail: true,
        maxHistory: 10,
        timeout: args.releaseTimeoutSeconds ?? 300,
        ...(args.postrender !== undefined && { postrender: args.postrender }),
        values: mergeValues(values, {
          imagePullSecrets,
          podAnnotations: revisionAnnotations(pullSecrets.revisions),
          ...settings,
        }),
      },
      pulumi.mergeOptions(options, {
        dependsOn: [...check, datastores],
        protect,
        ...(args.adopt === true && { import: releaseId(plainNamespace(args)) }),
      }),
    );
    this.pullSecretNames = pullSecrets.names;
    this.url = pulumi.interpolate`https://${args.hostName ?? defaultHostName}`;
    this.registerOutputs({
      namespace: this.namespace,
      release: this.release,
      pullSecretNames: this.pullSecretNames,
      url: this.url,
    });
  }

  private createNamespace(
    name: string,
    args: FleetArgs,
    { protect, ...options }: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    const namespace = args.namespace ?? defaultNamespace;
    if (args.createNamespace === false) return pulumi.output(namespace);
    const [labels, opts] =
      args.adopt === true
        ? [undefined, adoptedNamespace(plainNamespace(args))]
        : [podSecurityLabels(args.podSecurity ?? "restricted"), { protect }];
    return new Namespace(name, { metadata: { name: namespace, labels } }, { ...options, ...opts }).metadata.name;
  }

  /** What everything that pulls depends on: the check, or nothing where it is switched off. */
  private createPullCheck(
    name: string,
    args: FleetArgs,
    pullSecrets: ImagePullSecrets,
    imagePullSecrets: pulumi.Output<{ name: string }[]>,
    opts: pulumi.ComponentResourceOptions,
  ): ImagePullCheck[] {
    if (args.pullCheck === false) return [];
    const check = new ImagePullCheck(
      `${name}-pull-check`,
      {
        namespace: this.namespace,
        images: pulledImages(args),
        imagePullSecrets,
        revisions: pullSecrets.revisions,
        owners: pullSecrets.secrets,
        deadlineSeconds: args.pullCheckDeadlineSeconds,
        nodes: args.pullCheckNodes,
        pods: podSettingsInValues(args.values ?? {}),
        annotations: args.pullCheckAnnotations,
      },
      opts,
    );
    return [check];
  }
}

/** `checkFleetArgs` refuses any other with `adopt`. */
function plainNamespace({ namespace }: FleetArgs): string {
  return typeof namespace === "string" ? namespace : defaultNamespace;
}
