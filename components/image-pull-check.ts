import { Job } from "@pulumi/kubernetes/batch/v1/job";
import type { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { restrictedContainer, restrictedPod, type PodPlacement } from "./pod-security";

/** An image to pull, and a command in it that ends at once with exit code 0. */
export interface CheckedImage {
  /** The container's name in the check: a DNS label, unique in the list. */
  readonly name: string;
  /** The image reference exactly as the workload names it, since the kubelet matches credentials against it. */
  readonly image: string;
  /** Executable and arguments, for example `["/usr/bin/fleet", "version"]`. */
  readonly command: readonly string[];
}

export interface ImagePullCheckArgs {
  /** The namespace of the pull Secrets and of the pods that will pull. */
  readonly namespace: pulumi.Input<string>;
  /** At least one image. */
  readonly images: readonly CheckedImage[];
  /** The list that every workload gets. */
  readonly imagePullSecrets: pulumi.Input<readonly { name: string }[]>;
  /** `resourceVersion` by name of the Secrets made elsewhere: a change makes a new check. @default none */
  readonly revisions?: pulumi.Input<Readonly<Record<string, string>>>;
  /**
   * The Secrets made together with this check. The Job is their dependent, so Kubernetes collects it with the last of
   * them, also after an update that was killed. @default none
   */
  readonly owners?: readonly Secret[];
  /** Seconds for pulls and commands together; bounds a refusal as well as the cold pull of a large image. @default 180 */
  readonly deadlineSeconds?: number;
  /** Where Fleet's pods may run. @default anywhere */
  readonly placement?: PodPlacement;
}

/**
 * Pulls every image with the new Secrets before anything that runs is touched; what depends on it is not updated unless
 * each pull succeeded. It proves the one node that it ran on.
 *
 * The policy `Always` makes the kubelet ask the registry although the image is on the node: with `IfNotPresent` a wrong
 * password would pass. `pulumi.com/replaceUnready` makes the next update replace a refused Job, which is terminal.
 */
export class ImagePullCheck extends pulumi.ComponentResource {
  readonly job: Job;

  constructor(name: string, args: ImagePullCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:ImagePullCheck", name, {}, opts);
    const deadlineSeconds = args.deadlineSeconds ?? 180;

    this.job = new Job(
      name,
      {
        metadata: {
          namespace: args.namespace,
          labels: { "app.kubernetes.io/part-of": "fleet", "app.kubernetes.io/component": "image-pull-check" },
          annotations: { "pulumi.com/replaceUnready": "true" },
          ownerReferences: (args.owners ?? []).map((secret) => ({
            apiVersion: "v1",
            kind: "Secret",
            name: secret.metadata.name,
            uid: secret.metadata.uid,
          })),
        },
        spec: {
          // One try, so that a refusal is final and the registry's words are the last ones.
          backoffLimit: 0,
          activeDeadlineSeconds: deadlineSeconds,
          template: {
            metadata: {
              labels: { "app.kubernetes.io/component": "image-pull-check" },
              annotations: revisionAnnotations(args.revisions ?? {}),
            },
            spec: {
              ...restrictedPod,
              ...args.placement,
              restartPolicy: "Never",
              imagePullSecrets: args.imagePullSecrets as pulumi.Input<{ name: string }[]>,
              containers: args.images.map(({ name, image, command }) => ({
                name,
                image,
                command: [...command],
                imagePullPolicy: "Always",
                securityContext: restrictedContainer,
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
              })),
            },
          },
        },
      },
      { parent: this, customTimeouts: { create: `${deadlineSeconds + 60}s` } },
    );
    this.registerOutputs({ job: this.job });
  }
}

/** One annotation with every revision, sorted by name; none where nothing is referenced. */
export function revisionAnnotations(
  revisions: pulumi.Input<Readonly<Record<string, string>>>,
): pulumi.Output<Record<string, string>> {
  return pulumi.output(revisions).apply((byName): Record<string, string> => {
    const names = Object.keys(byName).sort();
    if (names.length === 0) return {};
    return { "image-pull-secrets/revisions": names.map((name) => `${name}=${byName[name]}`).join(",") };
  });
}
