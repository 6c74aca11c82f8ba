import type { Dispatcher } from "undici";
import { networkProblem } from "../../registry/client/network-problem";
import { isExcepted, proxySettings } from "../../registry/client/proxy";
import { isLoopback, isSafeAddress } from "../../registry/client/safe-address";

/** No answer, or one that ended early. The message is a half sentence that says whose it is. */
export class BrokenTransfer extends Error {}

export interface HttpReaderOptions {
  /** Asked whether they answer as soon as the first of them is needed, all at once. */
  readonly hosts: readonly string[];
  /** Milliseconds within which a host answers. @default 4000 */
  readonly answerWithin?: number;
  /** Milliseconds of silence after which a transfer is broken. @default 30000 */
  readonly silence?: number;
  /** Where a URL is really asked for. @default there */
  readonly locate?: (url: URL) => URL;
}

export interface HttpAnswer {
  readonly status: number;
  /** Bytes, if the server says so. */
  readonly size: number | undefined;
  /** @throws BrokenTransfer */
  readonly body: AsyncIterable<Buffer>;
  /** The beginning of a short body. @throws BrokenTransfer */
  text(): Promise<string>;
}

/** Bytes of a text that are read: GitHub's answers about a release with many files are the longest. */
const maxText = 8 * 1024 * 1024;
const maxRedirects = 5;

/** Reads public files over HTTPS, through the proxy that the environment names. */
export class HttpReader {
  private readonly answering = new Map<string, Promise<boolean>>();
  private dispatchers: Promise<(url: URL) => Dispatcher> | undefined;

  constructor(private readonly options: HttpReaderOptions) {}

  /** Whether a URL's host answers at all. Asked once, and not remembered beyond this process: a network may open later. */
  answers(url: string): Promise<boolean> {
    const wanted = new URL(url).host;
    for (const host of [...this.options.hosts, wanted])
      if (!this.answering.has(host)) this.answering.set(host, this.isAnswering(host));
    return this.answering.get(wanted) ?? Promise.resolve(false);
  }

  /** From now on a URL's host does not answer: for one whose transfers break. */
  giveUp(url: string): void {
    this.answering.set(new URL(url).host, Promise.resolve(false));
  }

  /**
   * Follows redirects, to HTTPS alone. There is a body only of an answer with status 200.
   *
   * @throws BrokenTransfer
   */
  async get(from: string): Promise<HttpAnswer> {
    let url = new URL(from);
    for (let redirects = 0; ; redirects++) {
      const { statusCode, headers, body } = await this.send("GET", url);
      body.on("error", () => undefined); // also one that comes before anybody reads, or because nobody reads on
      const location = [headers.location ?? []].flat()[0];
      const isRedirect = [301, 302, 303, 307, 308].includes(statusCode) && location !== undefined;
      if (statusCode !== 200) await body.dump().catch(() => undefined);
      if (!isRedirect || redirects === maxRedirects) {
        const size = Number(headers["content-length"] ?? NaN);
        const chunks = readable(body, url);
        return { status: statusCode, size: size >= 0 ? size : undefined, body: chunks, text: () => textOf(chunks) };
      }
      if (!URL.canParse(location, url.href) || !isSafeAddress(new URL(location, url), url))
        throw new BrokenTransfer(`${url.host} redirects to something else than HTTPS`);
      url = new URL(location, url);
    }
  }

  private async isAnswering(host: string): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(this.options.answerWithin ?? 4_000);
      const { body } = await this.send("HEAD", new URL(`https://${host}/`), signal);
      await body.dump();
      return true;
    } catch {
      return false;
    }
  }

  private async send(method: "GET" | "HEAD", url: URL, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    const located = this.options.locate?.(url) ?? url;
    const { request } = await import("undici");
    const dispatcher = (await (this.dispatchers ??= this.makeDispatchers()))(located);
    // GitHub's API answers nobody without a name.
    const headers = { "user-agent": "fleet-private-registry" };
    return request(located, { method, dispatcher, headers, signal }).catch((error: unknown) => {
      throw broken(error, url, located);
    });
  }

  private async makeDispatchers(): Promise<(url: URL) => Dispatcher> {
    const { Agent, ProxyAgent } = await import("undici");
    const { url: uri, exceptions } = proxySettings(process.env);
    const silence = this.options.silence ?? 30_000;
    const connect = { timeout: silence, autoSelectFamilyAttemptTimeout: 2_000 };
    const options = { connect, headersTimeout: silence, bodyTimeout: silence };
    const direct = new Agent(options);
    if (uri === undefined) return () => direct;
    const proxied = new ProxyAgent({ ...options, uri });
    return (url) => (isLoopback(url) || isExcepted(url, exceptions) ? direct : proxied);
  }
}

function broken(error: unknown, url: URL, located: URL): BrokenTransfer {
  const { detail } = networkProblem(error, located);
  return new BrokenTransfer(detail.replace(/^it\b/, url.host).replace(/^its\b/, `${url.host}'s`));
}

async function* readable(body: Dispatcher.ResponseData["body"], url: URL): AsyncIterable<Buffer> {
  try {
    for await (const chunk of body) yield chunk as Buffer;
  } catch (error) {
    // An end that does not fit the beginning: too few bytes, or none of the last chunk.
    if (networkProblem(error, url).reason === "protocol") throw new BrokenTransfer(`${url.host} ends the connection`);
    throw broken(error, url, url);
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    if ((size += chunk.length) > maxText) break;
  }
  return Buffer.concat(chunks).toString();
}
