import type { Challenge } from "./challenge";
import { isGood } from "./exchange";
import type { HttpClient } from "./http-client";
import { parseObject } from "./json-object";
import { basic, type Login } from "./login";
import { isSafeAddress } from "./safe-address";
import { failing, sourceOf, statusVerdict } from "./status-verdict";
import { Stopped } from "./verdict";

/** Where a registry's tokens come from, and what one is asked for. */
export interface TokenService {
  readonly realm: URL;
  readonly service?: string;
  /** Sorted: `repository:team/fleet:pull`, as containerd asks for it, and what the registry says itself. */
  readonly scopes: readonly string[];
}

export interface Token {
  readonly text: string;
  /** The claims of a JSON Web Token; an opaque token has none. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * The token service of a Bearer challenge; nothing where its realm is no address that a password may be sent to.
 *
 * @param origin the registry that made the challenge
 * @param repository what the token is to be for
 */
export function tokenService(
  { scheme, parameters }: Challenge,
  origin: string,
  repository: string,
): TokenService | undefined {
  const realm = parameters.get("realm") ?? "";
  if (scheme !== "bearer" || !URL.canParse(realm) || !isSafeAddress(new URL(realm), new URL(origin))) return undefined;
  const service = parameters.get("service");
  const own = (parameters.get("scope") ?? "").split(/\s+/).filter((scope) => scope !== "");
  const scopes = [...new Set([repositoryScope(repository, "pull"), ...own.map(withoutPush)])].sort();
  return { realm: new URL(realm), ...(service === undefined ? {} : { service }), scopes };
}

export const repositoryScope = (repository: string, actions: "pull" | "pull,push"): string =>
  `repository:${repository}:${actions}`;

/** A registry may ask for more than is needed; and some make a repository for whoever wants to push to it. */
const withoutPush = (scope: string): string => scope.replace(/^(repository(?:\([^)]*\))?:.+):[^:]*$/, "$1:pull");

/** The claims, not verified: they are read to be shown, and the registry verifies them itself. */
function claimsOf(token: string): { readonly claims?: Readonly<Record<string, unknown>> } {
  const [, payload, ...rest] = token.split(".");
  const claims = payload === undefined || rest.length !== 1 ? undefined : parseObject(decode(payload));
  return claims === undefined ? {} : { claims };
}

const decode = (base64url: string): string => Buffer.from(base64url, "base64url").toString();

/**
 * Asks for a token (https://distribution.github.io/distribution/spec/auth/token): with the login, or anonymously.
 *
 * @throws Stopped where there is none
 */
export async function askForToken(
  client: HttpClient,
  { realm, service, scopes }: TokenService,
  login: Login | undefined,
): Promise<Token> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.append("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const authorization = login === undefined ? {} : { authorization: basic(login) };
  const answer = await client.ask({ method: "GET", url, from: "token service", ...authorization });

  const exchange = { from: "token service", answer, login } as const;
  if (answer.status === 401 && answer.fromAskedHost) {
    const kind = login === undefined ? "login-needed" : "wrong-credential";
    throw new Stopped({ kind, status: 401, ...sourceOf(exchange) });
  }
  if (!isGood(answer)) throw new Stopped(statusVerdict(exchange, true));
  const { access_token: accessToken, token } = parseObject(answer.body) ?? {};
  // OAuth 2.0 clients get the first; where both are given they are the same.
  const text = [accessToken, token].find((value) => typeof value === "string" && /^[\x21-\x7e]+$/.test(value));
  if (typeof text === "string") {
    client.secrets.add(text);
    return { text, ...claimsOf(text) };
  }
  // Its body may hold what it should have said in the right place.
  throw new Stopped({ ...failing({ ...exchange, answer: { ...answer, body: "" } }, "gives no token") });
}

/**
 * Whether a token was given to nobody in particular: its subject is empty (the distribution project's token
 * specification), or missing from one of Harbor's, which leave out what is empty. A service that gives such a token in
 * return for a login has passed over a wrong password.
 */
export function isForNobody(token: Token | undefined): boolean {
  const { sub, iss } = token?.claims ?? {};
  return sub === "" || (sub === undefined && iss === "harbor-token-issuer");
}

/** Whether a token grants an action on a repository; nothing where that cannot be read from it. */
export function grants({ claims }: Token, repository: string, action: string): boolean | undefined {
  const access = claims?.access;
  if (!Array.isArray(access)) return undefined;
  return access.some((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return false;
    const { type, name, actions } = entry as Readonly<Record<string, unknown>>;
    const isRepository = typeof type === "string" && /^repository\b/.test(type) && name === repository;
    return isRepository && Array.isArray(actions) && (actions.includes(action) || actions.includes("*"));
  });
}
