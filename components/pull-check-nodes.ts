import type * as inputs from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../registry/issue";
import type { FleetArgs } from "./fleet-args";

/** What a check on several nodes has besides one on a single node. */
export interface SeveralNodes {
  /** Of the Job: all pods at once. */
  readonly job: { readonly completions: number; readonly parallelism: number };
  readonly pod: { readonly affinity: inputs.core.v1.Affinity; readonly terminationGracePeriodSeconds: number };
  /** Of the pod's last container. */
  readonly container: { readonly lifecycle: inputs.core.v1.Lifecycle };
}

/** The Job's own pods: another check that a killed update left behind hinders none of them. */
const ownPods: inputs.core.v1.PodAffinityTerm = {
  topologyKey: "kubernetes.io/hostname",
  labelSelector: { matchLabels: { "app.kubernetes.io/component": "image-pull-check" } },
  matchLabelKeys: ["batch.kubernetes.io/controller-uid"],
};

/** Pulls get what is left of the least deadline, 13 seconds. */
const shortestDeadlineSeconds = 30;

/** Clocks differ, and a Job's deadline is in whole seconds. */
const marginSeconds = 2;

/**
 * A pod on each of several nodes, or no success where there are too few.
 *
 * The scheduler sees living pods alone (Kubernetes, pkg/scheduler: its informer passes over pods that have ended): once the check of one is
 * done it repels nobody, and the next would pass on the same node. So every pod lives for more than half of the deadline: one that is placed
 * where another has ended cannot end in time. The sleep is the kubelet's (Kubernetes 1.30), and no program's.
 *
 * @param affinity of Fleet's pods, which holds as well
 */
export function onNodes(count: number, deadlineSeconds: number, affinity: inputs.core.v1.Affinity = {}): SeveralNodes {
  const seconds = Math.ceil(deadlineSeconds / 2) + marginSeconds;
  const podAntiAffinity = pulumi
    .output<inputs.core.v1.PodAntiAffinity | undefined>(affinity.podAntiAffinity)
    .apply((own = {}) => ({
      ...own,
      requiredDuringSchedulingIgnoredDuringExecution: [
        ...(own.requiredDuringSchedulingIgnoredDuringExecution ?? []),
        ownPods,
      ],
    }));
  return {
    job: { completions: count, parallelism: count },
    // The API server takes no longer sleep than the grace period.
    pod: { affinity: { ...affinity, podAntiAffinity }, terminationGracePeriodSeconds: seconds },
    container: { lifecycle: { postStart: { sleep: { seconds } } } },
  };
}

/** What a check on several nodes cannot be made with. */
export function checkNodes({
  pullCheckNodes: nodes = 1,
  pullCheckDeadlineSeconds: deadline,
}: Pick<FleetArgs, "pullCheckNodes" | "pullCheckDeadlineSeconds">): readonly Issue[] {
  if (!Number.isInteger(nodes) || nodes < 1) {
    const fix = "set a whole number from 1 up";
    return [{ place: "pullCheckNodes", code: "malformed", sentence: `is ${nodes}`, fix }];
  }
  if (nodes === 1 || deadline === undefined || deadline >= shortestDeadlineSeconds) return [];
  const sentence = `is ${deadline}, too short for a check on more than one node`;
  const fix = `set ${shortestDeadlineSeconds} or more`;
  return [{ place: "pullCheckDeadlineSeconds", code: "conflict", sentence, fix }];
}
