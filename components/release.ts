import type * as pulumi from "@pulumi/pulumi";

export const defaultNamespace = "fleet";

/** Fleet's chart gives its objects fixed names, and this program its release: one per namespace. */
export const releaseName = "fleet";

/** The id of the release, as the provider has it. */
export const releaseId = (namespace: string): string => `${namespace}/${releaseName}`;

/**
 * A namespace that is taken over stays for good, and as it is: an import alone would take away the labels and annotations
 * that others gave it, and that a Pod Security or a service mesh goes by.
 */
export const adoptedNamespace = (namespace: string): pulumi.CustomResourceOptions => ({
  import: namespace,
  ignoreChanges: ["metadata.labels", "metadata.annotations", "spec"],
  retainOnDelete: true,
});
