import { createSign, randomUUID, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { FakeRegistry, type RecordedRequest, type Reply, type TestCertificate, testCertificate } from "./fake-registry";

export type Action = "pull" | "push" | "delete";

/** A user of the token service. */
export interface TokenUser {
  readonly password: string;
  /** By repository; `*` stands for those that are not listed. */
  readonly rights: Readonly<Record<string, readonly Action[]>>;
}

export interface TokenServerOptions {
  readonly users: Readonly<Record<string, TokenUser>>;
  /** What may be done without a login. @default nothing */
  readonly anonymous?: TokenUser["rights"];
  /** Where it listens. @default 127.0.0.1 */
  readonly address?: string;
  /** Serves HTTPS. @default `testCertificate()` */
  readonly tls?: Pick<TestCertificate, "cert" | "key">;
}

const service = "test-registry";
const issuer = "test-token-service";

const base64url = (text: string): string => Buffer.from(text).toString("base64url");

/**
 * A token service by the distribution project's specification
 * (https://distribution.github.io/distribution/spec/auth/jwt), for a real registry with `auth.token`. Its tokens carry
 * the certificate of their key (`x5c`): the reference registry, versions 2.8 and 3, verifies that.
 */
export class TokenServer {
  /** By name; may be changed at any time. */
  readonly users: Map<string, TokenUser>;
  /** Signs the tokens. */
  private readonly signer = testCertificate();
  private server: FakeRegistry | undefined;

  private constructor(private readonly options: TokenServerOptions) {
    this.users = new Map(Object.entries(options.users));
  }

  static async start(options: TokenServerOptions): Promise<TokenServer> {
    const { tls = testCertificate(), address = "127.0.0.1" } = options;
    const server = new TokenServer(options);
    server.server = await FakeRegistry.start((request) => server.answer(request), { tls, address });
    return server;
  }

  get requests(): readonly RecordedRequest[] {
    return this.server?.requests ?? [];
  }

  get realm(): string {
    return `${this.server?.origin}/token`;
  }

  /** The registry's `auth` setting; the authority of the tokens is written into the folder. */
  registryAuth(folder: string): object {
    const rootcertbundle = path.join(folder, "token-authority.crt");
    fs.writeFileSync(rootcertbundle, this.signer.ca);
    return { token: { realm: this.realm, service, issuer, rootcertbundle } };
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private answer({ method, url, headers }: RecordedRequest): Reply {
    // A client that tries the OAuth 2.0 form first falls back to the plain one.
    if (method !== "GET") return { status: 405 };
    const query = new URL(url, "https://token.test").searchParams;
    const [, encoded] = /^Basic (.*)$/.exec(headers.authorization ?? "") ?? [];
    const [, name = "", password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
    const user = this.users.get(name);
    if (encoded !== undefined && (user === undefined || user.password !== password)) {
      const body = JSON.stringify({ details: "incorrect username or password" });
      return { status: 401, headers: { "www-authenticate": 'Basic realm="test"' }, body };
    }
    const rights = user?.rights ?? this.options.anonymous ?? {};
    const access = query
      .getAll("scope")
      .flatMap((scopes) => scopes.split(" "))
      .flatMap((scope) => {
        const [, type, repository = "", wanted = ""] = /^([^:]+):(.+):([^:]*)$/.exec(scope) ?? [];
        const allowed = rights[repository] ?? rights["*"] ?? [];
        const actions = wanted.split(",").filter((action) => allowed.some((one) => one === action));
        return actions.length === 0 ? [] : [{ type, name: repository, actions }];
      });
    const token = this.sign(name, access);
    return { status: 200, body: JSON.stringify({ token, access_token: token, expires_in: 300 }) };
  }

  private sign(subject: string, access: readonly object[]): string {
    const now = Math.floor(Date.now() / 1000);
    const x5c = [new X509Certificate(this.signer.cert).raw.toString("base64")];
    const header = { typ: "JWT", alg: "RS256", x5c };
    const times = { iat: now, nbf: now - 10, exp: now + 300 };
    const claims = { iss: issuer, sub: subject, aud: service, ...times, jti: randomUUID(), access };
    const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(this.signer.key, "base64url")}`;
  }
}
