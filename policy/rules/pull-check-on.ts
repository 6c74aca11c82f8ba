import type { Finding } from "../finding";
import { shown, type Resource } from "../resource";

/**
 * Each Fleet has a pull check, which stops a wrong password before anything that runs is touched.
 *
 * @param nodes on how many nodes it has to pull at least: it makes a Job for each. @default 1
 */
export function pullCheckOn(registered: readonly Resource[], nodes = 1): readonly Finding[] {
  const childrenOf = (parent: Resource, type: string) =>
    registered.filter((resource) => resource.type === type && resource.parent === parent.urn);
  return registered
    .filter(({ type }) => type === "fleet:index:Fleet")
    .flatMap((fleet) => {
      const checks = childrenOf(fleet, "fleet:index:ImagePullCheck");
      const jobs = checks.flatMap((check) => childrenOf(check, "kubernetes:batch/v1:Job")).length;
      const found = (sentence: string) => [{ urn: fleet.urn, message: `${shown(fleet)} has ${sentence}` }];
      if (checks.length === 0) {
        return found(
          "no pull check, so a wrong password is found only by the pods that need it; switch it on: pulumi config set pullCheck true",
        );
      }
      if (jobs >= nodes) return [];
      return found(
        `a pull check on ${jobs} ${jobs === 1 ? "node" : "nodes"}, fewer than ${nodes}; let more nodes pull: pulumi config set pullCheckNodes ${nodes}`,
      );
    });
}
