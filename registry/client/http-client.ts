import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { tlsContext } from "./certificate-authority";
import type { Answer, Request } from "./exchange";
import { KnownSecrets } from "./known-secrets";
import { networkProblem } from "./network-problem";
import { isExcepted, proxySettings } from "./proxy";
import { shownHost } from "./registry-words";
import { isLoopback, isSafeAddress } from "./safe-address";
import { Stopped } from "./verdict";

export interface HttpClientOptions {
  readonly caCertificate?: string;
  /** For one request with its redirects. */
  readonly timeoutMs: number;
  readonly passwords: readonly string[];
}

/** Bytes of a body that are read: more than the largest tokens have, and the errors of registries. */
const maxBody = 256 * 1024;
const maxRedirects = 5;
const pauseBeforeSecondTry = 200;

/**
 * Reads over HTTPS, and over plain HTTP from this machine alone. Bounded whatever the server does: in time, redirects,
 * headers and body. Credentials stay with the host that they are for.
 */
export class HttpClient {
  /** Passwords, and tokens as they come. */
  readonly secrets: KnownSecrets;
  private readonly dispatchers: Dispatcher[] = [];
  private readonly direct: Dispatcher;
  /** Through the proxy, where there is one; `undefined` when what the environment names is none. */
  private readonly proxied: Dispatcher | undefined;
  // A proxy is this machine's, not the stack's.
  private readonly proxy = proxySettings(process.env); // eslint-disable-line no-restricted-globals

  private constructor(
    private readonly undici: typeof import("undici"),
    private readonly options: HttpClientOptions,
  ) {
    this.secrets = new KnownSecrets(options.passwords);
    const secure = tlsContext(options.caCertificate);
    const connect = { ...secure, timeout: options.timeoutMs, autoSelectFamilyAttemptTimeout: 2_000 };
    const agentOptions = { connect, requestTls: connect, proxyTls: connect };
    this.direct = this.keep(new undici.Agent(agentOptions));
    const { url: uri } = this.proxy;
    try {
      this.proxied = uri === undefined ? this.direct : this.keep(new undici.ProxyAgent({ ...agentOptions, uri }));
    } catch {
      this.proxied = undefined;
    }
  }

  static async open(options: HttpClientOptions): Promise<HttpClient> {
    // 50 ms that a preview without an image to ask for does not pay.
    return new HttpClient(await import("undici"), options);
  }

  private keep(dispatcher: Dispatcher): Dispatcher {
    this.dispatchers.push(dispatcher);
    return dispatcher;
  }

  /** Ends what is still open. */
  close(): void {
    for (const dispatcher of this.dispatchers) dispatcher.destroy().catch(() => undefined);
  }

  /**
   * Asks, and once more after a 5xx or a broken connection; with a login only where a gateway says that it did not get
   * through (502, 503, 504), since an account may be locked after a few tries.
   *
   * @throws Stopped where no answer comes
   */
  async ask(request: Request): Promise<Answer> {
    const again = async (): Promise<Answer> => {
      await sleep(pauseBeforeSecondTry);
      return this.follow(request);
    };
    try {
      const answer = await this.follow(request);
      return deservesSecondTry(request, answer) ? await again() : answer;
    } catch (error) {
      const isReset =
        error instanceof Stopped && error.verdict.kind === "unreachable" && error.verdict.reason === "reset";
      if (isReset) return again();
      throw error;
    }
  }

  private async follow(request: Request): Promise<Answer> {
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    let url = request.url;
    let fromAskedHost = true;
    for (let redirects = 0; ; redirects++) {
      const { status, headers, body } = await this.send(request, url, fromAskedHost, signal);
      if (![301, 302, 303, 307, 308].includes(status))
        return { status, headers, body, url, fromAskedHost, secrets: this.secrets };
      const fail = (detail: string) =>
        new Stopped({ kind: "failing", host: request.url.host, from: request.from, status, detail });
      if (redirects === maxRedirects) throw fail(`redirects more than ${maxRedirects} times`);
      const location = [headers.location ?? []].flat()[0] ?? "";
      if (location === "" || !URL.canParse(location, url.href)) throw fail("redirects to nowhere");
      const next = new URL(location, url);
      if (!isSafeAddress(next, request.url)) throw fail("redirects to something else than HTTPS");
      fromAskedHost &&= next.origin === url.origin;
      url = next;
    }
  }

  private async send(request: Request, url: URL, fromAskedHost: boolean, signal: AbortSignal) {
    const isDirect = isLoopback(url) || isExcepted(url, this.proxy.exceptions);
    const dispatcher = isDirect ? this.direct : this.proxied;
    if (dispatcher === undefined) {
      const detail = "the environment variable for the proxy holds no http:// or https:// address";
      throw new Stopped({ kind: "unreachable", host: shownHost(url, this.secrets), reason: "proxy", detail });
    }
    try {
      const { method, authorization, accept } = request;
      const { statusCode, headers, body } = await this.undici.request(`${url.origin}${url.pathname}${url.search}`, {
        method,
        dispatcher,
        signal,
        headers: {
          "user-agent": "fleet-private-registry",
          ...(accept === undefined ? {} : { accept }),
          ...(authorization === undefined || !fromAskedHost ? {} : { authorization }),
        },
      });
      return { status: statusCode, headers, body: await beginning(body) };
    } catch (error) {
      throw new Stopped({ kind: "unreachable", host: shownHost(url, this.secrets), ...networkProblem(error, url) });
    }
  }
}

const deservesSecondTry = ({ authorization = "" }: Request, { status }: Answer): boolean =>
  /^Basic /.test(authorization) ? [502, 503, 504].includes(status) : status >= 500;

async function beginning(body: AsyncIterable<Buffer> & NodeJS.EventEmitter): Promise<string> {
  body.on("error", () => undefined); // leaving the loop early counts as an error too
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBody) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBody).toString();
}
