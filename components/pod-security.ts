import type * as inputs from "@pulumi/kubernetes/types/input";

/** Where a pod may run, as Fleet's chart takes it in `nodeSelector`, `tolerations` and `affinity`. */
export interface PodPlacement {
  readonly nodeSelector?: Record<string, string>;
  readonly tolerations?: inputs.core.v1.Toleration[];
  readonly affinity?: inputs.core.v1.Affinity;
}

/** The user and group that Fleet's chart runs its containers as. */
export const fleetUser = 3333;

/** What the Pod Security Standard "restricted" asks of a pod. */
export const restrictedPod = {
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: fleetUser,
    runAsGroup: fleetUser,
    seccompProfile: { type: "RuntimeDefault" },
  },
};

/** What the Pod Security Standard "restricted" asks of a container; the same as in Fleet's chart. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
};
