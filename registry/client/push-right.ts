import type { Login } from "./login";
import type { RegistrySession } from "./registry-session";
import { grants, repositoryScope, type Token, type TokenService } from "./token-service";
import { Stopped } from "./verdict";

/** Whether a login may push, as far as can be told. */
export type Push = "granted" | "refused" | "unknown";

/**
 * Asks the token service for the right to push, which is no question everywhere: some registries make a repository for it
 * where there is none. So only after the registry gave the image with this login.
 *
 * @param token what the image was given with
 */
export async function askForPush(
  session: RegistrySession,
  service: TokenService,
  token: Token,
  repository: string,
  login: Login,
): Promise<Push> {
  // An opaque token would not tell.
  if (token.claims === undefined) return "unknown";
  // Harbor's tokens have every right of the account, whatever was asked for.
  if (grants(token, repository, "push") === true) return "granted";
  const toPull = repositoryScope(repository, "pull");
  const scopes = service.scopes.map((scope) => (scope === toPull ? repositoryScope(repository, "pull,push") : scope));
  try {
    const granted = grants(await session.token({ ...service, scopes }, login), repository, "push");
    return granted === undefined ? "unknown" : granted ? "granted" : "refused";
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return ["no-right", "wrong-credential"].includes(error.verdict.kind) ? "refused" : "unknown";
  }
}
