import { deepEqual, ok } from "node:assert/strict";
import {
  type ProbeOptions,
  type ProbeResult,
  probeRegistries,
  type ProbeTarget,
  type Verdict,
} from "../../../../registry/client/probe";
import {
  FakeRegistry,
  type FakeRegistryOptions,
  type Reply,
  type Script,
  testCertificate,
} from "../../../support/fake-registry";
import { SecretText } from "../../../../registry/secret-text";
import { leaks } from "../../../support/leaks";
import { moreThanQuestions } from "./more-than-questions";

/** Markers: long enough to be found by accident nowhere. */
export const login = { username: "fleet-puller", password: "Marker+pass/w0rd=with&all $orts%of" };
export const otherLogin = { username: "other-puller", password: "an0ther-marker-passw0rd" };
export const markerToken = "marker-t0ken-that-is-opaque";

/** As the tests and the registries of the tests have it: in plain text. */
export type PlainLogin = typeof login;
export interface Target {
  readonly image: string;
  readonly login?: PlainLogin;
}

/** The same for the questions. */
export const hidden = ({ username, password }: PlainLogin) => ({ username, password: new SecretText(password) });
export const targetOf = ({ image, login }: Target): ProbeTarget => ({ image, ...(login && { login: hidden(login) }) });

const open: FakeRegistry[] = [];

/** Starts a server that is closed by `closeAll`. */
export async function serve(script: Script, options?: FakeRegistryOptions): Promise<FakeRegistry> {
  const server = await FakeRegistry.start(script, options);
  open.push(server);
  return server;
}

/** Closes all servers, and asserts that whatever they were asked was no more than a question. */
export async function closeAll(): Promise<void> {
  const servers = open.splice(0);
  await Promise.all(servers.map((server) => server.close()));
  deepEqual(moreThanQuestions(servers.flatMap(({ requests }) => requests)), []);
}

/** Probes with the tests' authority; no result holds a marker. */
export async function ask(targets: readonly Target[], options: ProbeOptions = {}): Promise<readonly ProbeResult[]> {
  const results = await probeRegistries(targets.map(targetOf), { caCertificate: testCertificate().ca, ...options });
  const places = new Map([["results", JSON.stringify(results)]]);
  const found = [login.password, otherLogin.password, markerToken].flatMap((secret) => leaks(secret, places));
  deepEqual(found, []);
  return results;
}

/** The result for one image, with the login unless told otherwise. */
export async function askOne(
  image: string,
  given: PlainLogin | null | undefined = login,
  options?: ProbeOptions,
): Promise<ProbeResult> {
  const [result] = await ask([{ image, ...(given === null || given === undefined ? {} : { login: given }) }], options);
  ok(result !== undefined);
  return result;
}

/** A verdict without what differs from run to run. */
export const withoutHost = (verdict: Verdict) =>
  Object.fromEntries(Object.entries(verdict).filter(([name]) => name !== "host"));

export const basicChallenge = { "www-authenticate": 'Basic realm="test"' };

export const unauthorized: Reply = {
  status: 401,
  headers: basicChallenge,
  body: '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
};

export const manifest: Reply = {
  status: 200,
  headers: { "content-type": "application/vnd.oci.image.index.v1+json", "docker-content-digest": "sha256:0" },
};

/** A registry with Basic: without the right `Authorization` everything is a 401, with it the reply. */
export const basicRegistry =
  (reply: (url: string) => Reply, { username, password } = login): Script =>
  ({ url, headers }) => {
    const right = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    if (headers.authorization !== right) return unauthorized;
    return url === "/v2/" ? { status: 200, body: "{}" } : reply(url);
  };

/** A JSON Web Token that nobody verifies. */
export function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2lnbmF0dXJl`;
}

/**
 * A registry with its token service in one server. The service answers with `token`; requests with a token get `reply`.
 */
export function bearerRegistry(
  token: (query: URLSearchParams, authorization: string | undefined) => Reply,
  reply: (url: string, challenge: string) => Reply,
): Script {
  return ({ url, headers }) => {
    const { pathname, searchParams } = new URL(url, "https://registry.test");
    if (pathname === "/token") return token(searchParams, headers.authorization);
    const { authorization = "", host = "" } = headers;
    const challenge = `Bearer realm="https://${host}/token",service="test-registry"`;
    if (authorization.startsWith("Bearer ")) return reply(url, challenge);
    return { status: 401, headers: { "www-authenticate": challenge } };
  };
}

export const tokenReply = (token: string): Reply => ({ status: 200, body: JSON.stringify({ token }) });

/** A registry whose token service grants `login` those of these rights that it asks for. */
export const granting = (...rights: readonly string[]): Script =>
  bearerRegistry(
    (query) => {
      const [, name, wanted = ""] = /^repository:(.*):(.*)$/.exec(query.get("scope") ?? "") ?? [];
      const actions = wanted.split(",").filter((action) => rights.includes(action));
      return tokenReply(jwt({ sub: login.username, access: [{ type: "repository", name, actions }] }));
    },
    () => manifest,
  );

/** A script, and the verdict without the host, which differs from run to run. */
export type VerdictCase = readonly [
  script: Script,
  expected: Readonly<Record<string, unknown>>,
  given?: PlainLogin | null,
];

export const errorReply = (status: number, code: string, message: string): Reply => ({
  status,
  body: JSON.stringify({ errors: [{ code, message }] }),
});
