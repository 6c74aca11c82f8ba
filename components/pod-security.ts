/** Whom a container runs as. What is left out is left to the image or to the cluster, which on OpenShift assigns users itself. */
export interface PodUser {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
}

/** What the Pod Security Standard "restricted" asks of a pod. */
export const restrictedPod = {
  automountServiceAccountToken: false,
  securityContext: { seccompProfile: { type: "RuntimeDefault" } },
};

/** What the Pod Security Standard "restricted" asks of a container besides its user; the same as in Fleet's chart. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
};
