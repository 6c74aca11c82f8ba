import type { Reply, Script } from "../../../support/fake-registry";
import { manifest } from "./probing";

/** What a login is to a registry; `wide` is good, and may push too. */
export type Credential = "good" | "wrong" | "expired" | "wide";

/** Markers, which no answer may repeat. */
export const passwords: Readonly<Record<Credential, string>> = {
  good: "g00d-marker-of-a-login",
  wrong: "wr0ng-marker-of-a-login",
  expired: "exp1red-marker-of-a-login",
  wide: "w1de-marker-of-a-login",
};

/** How a registry answers, as far as it differs from others. */
export interface Answers {
  /** `WWW-Authenticate` of a manifest's 401. */
  readonly challenge: (host: string, repository: string) => string | string[];
  /** At the API's root, without a credential. @default as for a manifest */
  readonly root?: (host: string) => Reply;
  /** Where its token service is. @default it has none, and takes logins */
  readonly tokenPath?: string;
  /** A token, or what is answered instead. */
  readonly token?: (credential: Credential, repository: string, actions: readonly string[]) => string | Reply;
  /** What a token must have been asked for. */
  readonly scopes?: (repository: string) => readonly string[];
  /** What the manifest, and with a plain login the root, answers to who may not have it. */
  readonly refusal: (credential: Credential | undefined) => Reply;
}

/** A small server that answers as a registry does, token service included; it knows who is who by `passwords`. */
export function registryLike({ challenge, root, tokenPath, token, scopes, refusal }: Answers): Script {
  const tokens = new Map<string, { readonly credential: Credential; readonly scopes: readonly string[] }>();
  const credentialIn = (authorization: string): Credential | undefined => {
    const login = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
    return (Object.keys(passwords) as Credential[]).find((credential) => login.endsWith(`:${passwords[credential]}`));
  };
  const asked = (credential: Credential, url: URL): Reply => {
    const wanted = url.searchParams.getAll("scope");
    const [, repository = "", actions = ""] = /^repository:(.*):([^:]*)$/.exec(wanted.at(-1) ?? "") ?? [];
    const given = token?.(credential, repository, actions.split(",")) ?? { status: 404 };
    if (typeof given !== "string") return given;
    tokens.set(given, { credential, scopes: wanted });
    return { status: 200, body: JSON.stringify({ token: given }) };
  };
  return ({ url, headers: { authorization, host = "" } }) => {
    const place = new URL(url, "https://registry.test");
    const credential = authorization === undefined ? undefined : credentialIn(authorization);
    if (place.pathname === tokenPath) return credential === undefined ? refusal(undefined) : asked(credential, place);
    const [, repository = "team/fleet"] = /^\/v2\/(.+)\/manifests\//.exec(url) ?? [];
    if (url === "/v2/" && authorization === undefined && root !== undefined) return root(host);

    const bearer = tokens.get(authorization?.replace(/^Bearer /, "") ?? "");
    const needed = scopes?.(repository) ?? [];
    const known = tokenPath === undefined ? credential : bearer?.credential;
    const isEnough = tokenPath === undefined || needed.every((scope) => bearer?.scopes.includes(scope));
    if ((known === "good" || known === "wide") && isEnough) {
      return url === "/v2/" ? { status: 200, body: "{}" } : manifest;
    }
    const reply = refusal(known);
    if (reply.status !== 401) return reply;
    return { ...reply, headers: { ...reply.headers, "www-authenticate": challenge(host, repository) } };
  };
}
