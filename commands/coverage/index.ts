export { explainCoverage, type Coverage, type CoverageArgs } from "./explain-coverage";
export type { ImageCoverage, PullOutcome, TriedCredential } from "./image-coverage";
export { flattenLists, podTemplatesIn, type Manifest, type PodTemplate } from "./pod-templates";
export { podsIn, serviceAccountsIn, type Pod, type PodImage, type ServiceAccount } from "./pods";
export { secretsIn, type Account, type NamedSecret } from "./secrets";
export { foundText } from "./found-issues";
