import type { Challenge } from "./challenge";
import { type HttpClient, isAllowed } from "./http-client";
import { basic, type Login } from "./login";
import { failing, refusal, sourceOf } from "./refusal";
import { Stopped } from "./verdict";
import { parseObject } from "./words";

/** What a registry says of its token service. */
export interface TokenService {
  readonly realm: URL;
  readonly service?: string;
}

export interface Token {
  readonly text: string;
  /** The claims of a JSON Web Token; an opaque token has none. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The token service of a Bearer challenge; nothing where its realm is no address that a password may be sent to. */
export function tokenService({ scheme, parameters }: Challenge): TokenService | undefined {
  const realm = parameters.get("realm") ?? "";
  if (scheme !== "bearer" || !URL.canParse(realm) || !isAllowed(new URL(realm))) return undefined;
  const service = parameters.get("service");
  return { realm: new URL(realm), ...(service === undefined ? {} : { service }) };
}

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
 * @param scope `repository:team/fleet:pull`
 * @throws Stopped where there is none
 */
export async function askForToken(
  client: HttpClient,
  { realm, service }: TokenService,
  scope: string,
  login: Login | undefined,
): Promise<Token> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.append("service", service);
  url.searchParams.append("scope", scope);
  const authorization = login === undefined ? {} : { authorization: basic(login) };
  const answer = await client.ask({ method: "GET", url, from: "token service", ...authorization });

  const exchange = { from: "token service", answer, login } as const;
  if (answer.status === 401 && answer.own) {
    const kind = login === undefined ? "login-needed" : "wrong-credential";
    throw new Stopped({ kind, status: 401, ...sourceOf(exchange) });
  }
  if (answer.status < 200 || answer.status > 299) throw new Stopped(refusal(exchange, true));
  const { access_token: accessToken, token } = parseObject(answer.body) ?? {};
  // OAuth 2.0 clients get the first; where both are given they are the same.
  const text = [accessToken, token].find((one) => typeof one === "string" && /^[\x21-\x7e]+$/.test(one));
  if (typeof text === "string") {
    client.secrets.add(text);
    return { text, ...claimsOf(text) };
  }
  // Its body may hold what it should have said in the right place.
  throw new Stopped({ ...failing({ ...exchange, answer: { ...answer, body: "" } }, "gives no token") });
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
