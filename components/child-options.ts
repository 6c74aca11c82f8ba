import * as pulumi from "@pulumi/pulumi";

/**
 * What a component's options mean for a child of it: whatever the component is to wait for, each child waits for.
 *
 * Providers, `protect`, `retainOnDelete`, `deletedWith`, aliases and transforms reach children by themselves (`@pulumi/pulumi`
 * 3.270.0, resource.js; the engine's `inheritFromParent`). Options that name properties of one resource, such as
 * `ignoreChanges`, mean nothing to another; a transform reaches those of each child.
 */
export function childOptions(
  parent: pulumi.Resource,
  opts: pulumi.ComponentResourceOptions | undefined,
): { parent: pulumi.Resource; dependsOn?: pulumi.ResourceOptions["dependsOn"] } {
  return { parent, ...(opts?.dependsOn !== undefined && { dependsOn: opts.dependsOn }) };
}

/**
 * For what a new password or a new image replaces: the engine deletes the old one, which a `protect` of the caller would forbid. Nothing
 * is lost with it that is not made again.
 */
export const replaceable = { protect: false } as const;
