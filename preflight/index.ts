export { checkAdoption, type AdoptionArgs } from "./adoption";
export { checkFleet, type CheckFleetOptions, type FleetFindings } from "./check-fleet";
export { clusterUid } from "./cluster";
export { readExistingSecrets, type ReadSecret } from "./existing-secrets";
export { expiryWarnings } from "./password-expiry";
export { preflight, type Preflight } from "./preflight";
export { recordingIssues, type ReportedIssue } from "./report";
export type { PullCredential } from "./pull-credential";
export { checkRegistryAccess, type RegistryCheckArgs, type RegistryFindings } from "./registry-check";
