import { createHash } from "node:crypto";
import * as process from "node:process";
import type * as inputs from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../registry/issue";
import type { FleetArgs } from "./fleet-args";

/** How the pod of one of several checks at once is to be told apart, placed and kept alive. */
export interface Place {
  /** Labels of the pod. */
  readonly labels: Readonly<Record<string, pulumi.Input<string>>>;
  readonly affinity: inputs.core.v1.Affinity;
  /** What keeps it alive; none where nothing waits for it. */
  readonly life?: {
    /** Of the pod's last container. */
    readonly lifecycle: inputs.core.v1.Lifecycle;
    /** The API server takes no longer sleep than this. */
    readonly terminationGracePeriodSeconds: number;
  };
}

const [generationLabel, placeLabel] = ["image-pull-check/generation", "image-pull-check/place"];

/** Time for the other pods to be made and placed, before the first may have ended. */
const secondsAlive = 15;

/** What its pods live, and as much again for pulls and commands. */
const shortestDeadlineSeconds = 2 * secondsAlive;

/** Each of the Jobs names all before it, so their number is bounded. */
const mostNodes = 16;

/**
 * Places one pod on each of several nodes, or leaves one pending where there are too few.
 *
 * The scheduler sees living pods alone (Kubernetes, pkg/scheduler: its informer passes over pods that have ended), so a pod whose check is
 * done repels nobody, and one Job with several completions ends well on a single node. Hence a Job for each place: a pod shuns the nodes of
 * the others, and goes nowhere unless every one before it lives. So the last can only be placed while all of them are on nodes of their
 * own; a kubelet's `sleep` after the start (Kubernetes 1.30) keeps those before it alive for that long.
 *
 * @param count how many nodes
 * @param imagePullSecrets what tells this check from one that an update left behind when it was killed
 * @param affinity of Fleet's pods, which holds as well
 */
export function placesOnNodes(
  count: number,
  imagePullSecrets: pulumi.Input<readonly { name: string }[]>,
  affinity: inputs.core.v1.Affinity = {},
): readonly Place[] {
  const generation = pulumi
    .output(imagePullSecrets)
    .apply((list) => createHash("sha256").update(JSON.stringify(list)).digest("hex").slice(0, 16));
  const near = (topologyKey: string, labels: Readonly<Record<string, string>>) => ({
    topologyKey,
    labelSelector: { matchLabels: { [generationLabel]: generation, ...labels } },
  });
  return Array.from({ length: count }, (_, place) => ({
    labels: { [generationLabel]: generation, [placeLabel]: String(place) },
    affinity: {
      ...affinity,
      podAntiAffinity: also(affinity.podAntiAffinity, [near("kubernetes.io/hostname", {})]),
      ...(place > 0 && {
        podAffinity: also(
          affinity.podAffinity,
          // Every node that runs Fleet has the same operating system, so this asks for the pod and not for its node.
          Array.from({ length: place }, (_, before) => near("kubernetes.io/os", { [placeLabel]: String(before) })),
        ),
      }),
    },
    ...(place < count - 1 && {
      life: {
        lifecycle: { postStart: { sleep: { seconds: secondsAlive } } },
        terminationGracePeriodSeconds: secondsAlive,
      },
    }),
  }));
}

/** Of a user's terms and these, all. */
function also(
  given: pulumi.Input<inputs.core.v1.PodAffinity | inputs.core.v1.PodAntiAffinity | undefined>,
  terms: inputs.core.v1.PodAffinityTerm[],
) {
  return pulumi.output(given).apply((own = {}) => ({
    ...own,
    requiredDuringSchedulingIgnoredDuringExecution: [
      ...(own.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...terms,
    ],
  }));
}

/**
 * What a check on several nodes cannot be made with.
 *
 * @param atOnce how many resources the engine makes at a time (`--parallel`), as it tells a Node.js program
 */
export function checkNodes(
  {
    pullCheckNodes: nodes = 1,
    pullCheckDeadlineSeconds,
  }: Pick<FleetArgs, "pullCheckNodes" | "pullCheckDeadlineSeconds">,
  atOnce = Number(process.env.PULUMI_NODEJS_PARALLEL ?? "0"),
): readonly Issue[] {
  const place = "pullCheckNodes";
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > mostNodes) {
    const fix = `set a whole number from 1 to ${mostNodes}`;
    return [{ place, code: "malformed", sentence: `is ${nodes}`, fix }];
  }
  if (nodes === 1) return [];
  if (pullCheckDeadlineSeconds !== undefined && pullCheckDeadlineSeconds < shortestDeadlineSeconds) {
    const sentence = `is ${pullCheckDeadlineSeconds}, too short for a check on more than one node`;
    const fix = `set ${shortestDeadlineSeconds} or more`;
    return [{ place: "pullCheckDeadlineSeconds", code: "conflict", sentence, fix }];
  }
  if (atOnce > 0 && atOnce < nodes) {
    const sentence = `is ${nodes}, and its Jobs have to be made at once, but --parallel is ${atOnce}`;
    return [{ place, code: "conflict", sentence, fix: `run pulumi with --parallel ${nodes}` }];
  }
  return [];
}
