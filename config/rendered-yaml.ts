import type { Issue } from "../registry/issue";

/**
 * Refuses the Kubernetes provider's setting that writes files instead of changing a cluster: pull Secrets and all others would be in them
 * in plain text, and the Helm release, which knows nothing of it, would be installed all the same (pulumi-kubernetes
 * `provider/provider.go`, and issue 1716).
 */
export function checkRenderedYaml(directory: string | undefined): readonly Issue[] {
  if (directory === undefined || directory === "") return [];
  return [
    {
      code: "conflict",
      place: "kubernetes:renderYamlToDirectory",
      sentence: "writes passwords into files in plain text, and the Helm release is installed all the same",
      fix: "remove it: pulumi config rm kubernetes:renderYamlToDirectory",
    },
  ];
}
