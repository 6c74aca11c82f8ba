import type { Finding } from "../finding";
import { shown, type Resource } from "../resource";

/** Each Fleet has a pull check, which stops a wrong password before anything that runs is touched. */
export function pullCheckOn(registered: readonly Resource[]): readonly Finding[] {
  const checked = new Set(
    registered.filter(({ type }) => type === "fleet:index:ImagePullCheck").map(({ parent }) => parent),
  );
  return registered
    .filter(({ type, urn }) => type === "fleet:index:Fleet" && !checked.has(urn))
    .map((fleet) => ({
      urn: fleet.urn,
      message: `${shown(fleet)} has no pull check, so a wrong password is found only by the pods that need it; switch it on: pulumi config set pullCheck true`,
    }));
}
