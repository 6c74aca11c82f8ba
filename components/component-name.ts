import type { Issue } from "../registry/issue";
import { isSubdomain } from "../registry/secret-name";

/** What Kubernetes takes for a Service and for the labels of its pods. */
const label = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;

/**
 * Pulumi begins the names of Secrets and Jobs with the component's, whatever it is: the API server would refuse them only when the
 * namespace and what is protected were made, and another name could not take those away.
 *
 * @param hasServices whether its Services and StatefulSets begin so too, in which no dot may be
 */
export function checkName(name: string, hasServices = false): readonly Issue[] {
  if (hasServices ? label.test(name) : isSubdomain(name)) return [];
  return [
    {
      code: "malformed",
      sentence: `The name ${JSON.stringify(name)} of a component begins the names of what it makes, and Kubernetes takes none of them`,
      fix: 'use lower-case letters, digits and "-", for example fleet-production',
    },
  ];
}
