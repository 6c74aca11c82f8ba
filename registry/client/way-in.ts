import type { Challenge } from "./challenge";
import { type TokenService, tokenService } from "./token-service";

/** What a registry asks for before it answers. */
export type WayIn =
  | { readonly kind: "token"; readonly service: TokenService }
  /** HTTP Basic. A login is for one realm of one host (RFC 7617, section 2.2). */
  | { readonly kind: "login"; readonly realm: string | undefined };

/**
 * The way in that challenges offer, a token before a plain login; nothing where they offer neither.
 *
 * @param origin the registry that made them
 * @param repository what is to be read there
 */
export function wayIn(challenges: readonly Challenge[], origin: string, repository: string): WayIn | undefined {
  const service = challenges
    .map((challenge) => tokenService(challenge, origin, repository))
    .find((found) => found !== undefined);
  if (service !== undefined) return { kind: "token", service };
  const basic = challenges.find(({ scheme }) => scheme === "basic");
  return basic && { kind: "login", realm: basic.parameters.get("realm") };
}

const essence = (way: WayIn | undefined) =>
  way?.kind === "token" ? [way.service.realm.href, way.service.service, way.service.scopes] : [way?.kind, way?.realm];

/** Whether nothing new can come of following the second after the first. */
export const isSameWay = (first: WayIn | undefined, second: WayIn | undefined): boolean =>
  JSON.stringify(essence(first)) === JSON.stringify(essence(second));
