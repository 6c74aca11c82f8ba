import { Job } from "@pulumi/kubernetes/batch/v1/job";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, replaceable } from "./child-options";
import { checkName } from "./component-name";
import { fleetUser, type PodSettings } from "./fleet-pods";
import { restrictedContainer, restrictedPod, type PodUser } from "./pod-security";
import { onNodes } from "./pull-check-nodes";
import { refuse } from "./user-error";

/** An image to pull, and a command in it that ends at once with exit code 0. */
export interface CheckedImage {
  /** The container's name in the check: a DNS label, unique in the list. */
  readonly name: string;
  /** The image reference exactly as the workload names it, since the kubelet matches credentials against it. */
  readonly image: string;
  /** Executable and arguments, for example `["/usr/bin/fleet", "version"]`. */
  readonly command: readonly string[];
  /** Whom the workload runs it as. @default the user of Fleet's pods */
  readonly user?: PodUser;
}

/** A Secret that is made together with a check. */
export interface OwnerSecret {
  readonly name: pulumi.Input<string>;
  readonly uid: pulumi.Input<string>;
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
  readonly owners?: pulumi.Input<OwnerSecret[]>;
  /** Seconds for pulls and commands together; bounds a refusal as well as the cold pull of a large image. @default 180 */
  readonly deadlineSeconds?: number;
  /** As `pullCheckNodes` of `Fleet`. @default 1 */
  readonly nodes?: number;
  /** How Fleet's pods are admitted and placed. @default as Fleet's chart makes them, anywhere */
  readonly pods?: PodSettings;
  /** Annotations of the pod, over those of Fleet's pods. @default none */
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Keeps sidecars away that a mesh adds to every pod of a namespace: one that never ends holds the Job until its deadline, since
 * Kubernetes lets a Job end without it only where it is injected as an init container that restarts (1.29, KEP-753). A pull is the
 * node's and passes by the mesh. The annotations are Istio's (istio/istio 11045), Linkerd's (linkerd/linkerd2 7425) and Consul's
 * ("Annotations and labels" of its documentation).
 */
const withoutSidecars = {
  "sidecar.istio.io/inject": "false",
  "linkerd.io/inject": "disabled",
  "consul.hashicorp.com/connect-inject": "false",
};

/**
 * A cluster may give the containers more than they ask for, as GKE Autopilot does where it is less than its minimum. The Kubernetes
 * plugin compares with what the cluster has, so that every preview would show another check.
 */
const containersResources = "spec.template.spec.containers[*].resources";

/**
 * Pulls every image with the new Secrets before anything that runs is touched; what depends on it is not updated unless
 * each pull succeeded. It proves the nodes that it ran on.
 *
 * The policy `Always` makes the kubelet ask the registry although the image is on the node: with `IfNotPresent` a wrong
 * password would pass. `pulumi.com/replaceUnready` makes the next update replace a refused Job, which is terminal.
 */
export class ImagePullCheck extends pulumi.ComponentResource {
  readonly job: Job;

  constructor(name: string, args: ImagePullCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:index:ImagePullCheck", name, {}, opts);
    refuse(checkName(name));
    const deadlineSeconds = args.deadlineSeconds ?? 180;
    const { annotations, user = fleetUser, ...placement } = args.pods ?? {};
    const { nodes = 1 } = args;
    const several = nodes === 1 ? undefined : onNodes(nodes, deadlineSeconds, placement.affinity);

    this.job = new Job(
      name,
      {
        metadata: {
          namespace: args.namespace,
          labels: { "app.kubernetes.io/part-of": "fleet", "app.kubernetes.io/component": "image-pull-check" },
          annotations: { "pulumi.com/replaceUnready": "true" },
          ownerReferences: ownerReferences(args.owners ?? []),
        },
        spec: {
          // One try, so that a refusal is final and the registry's words are the last ones.
          backoffLimit: 0,
          activeDeadlineSeconds: deadlineSeconds,
          ...several?.job,
          template: {
            metadata: {
              labels: { "app.kubernetes.io/component": "image-pull-check" },
              annotations: pulumi
                .all([
                  { ...withoutSidecars, ...annotations, ...args.annotations },
                  revisionAnnotations(args.revisions ?? {}),
                ])
                .apply(([given, revisions]) => ({ ...given, ...revisions })),
            },
            spec: {
              ...restrictedPod,
              ...placement,
              restartPolicy: "Never",
              // A sidecar that Kubernetes ends after the others has this long: it counts as the check's time.
              terminationGracePeriodSeconds: 5,
              ...several?.pod,
              imagePullSecrets: args.imagePullSecrets as pulumi.Input<{ name: string }[]>,
              containers: args.images.map(({ name, image, command, ...own }, i, { length }) => ({
                name,
                image,
                command: [...command],
                imagePullPolicy: "Always",
                securityContext: { ...restrictedContainer, ...(own.user ?? user) },
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
                ...(i === length - 1 && several?.container),
              })),
            },
          },
        },
      },
      {
        ...childOptions(this, opts),
        ...replaceable,
        customTimeouts: { create: `${deadlineSeconds + 60}s` },
        ignoreChanges: [containersResources],
      },
    );
    this.registerOutputs({ job: this.job });
  }
}

/** Of a list, each by itself: a preview then shows the names, which are known, of Secrets whose uids are not. */
function ownerReferences(owners: pulumi.Input<OwnerSecret[]>) {
  const references = (list: readonly OwnerSecret[]) =>
    list.map(({ name, uid }) => ({ apiVersion: "v1", kind: "Secret", name, uid }));
  return Array.isArray(owners) ? references(owners) : pulumi.output(owners).apply(references);
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
