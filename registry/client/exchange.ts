import type { KnownSecrets } from "./known-secrets";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Request {
  readonly method: "GET" | "HEAD";
  readonly url: URL;
  /** Sent to this URL's host alone. */
  readonly authorization?: string;
  readonly accept?: string;
  readonly from: "registry" | "token service";
}

export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Headers;
  /** The beginning of the body. */
  readonly body: string;
  /** What answered, after redirects. */
  readonly url: URL;
  /** Whether no redirect led to another host: what that one says is no verdict on a login that it did not get. */
  readonly fromAskedHost: boolean;
  readonly secrets: KnownSecrets;
}

export const isGood = ({ status }: Answer): boolean => status >= 200 && status <= 299;

export const isWebPage = ({ headers }: Answer): boolean => /^text\/html\b/i.test(String(headers["content-type"]));
