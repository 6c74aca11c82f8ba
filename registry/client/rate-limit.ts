import type { Headers } from "./exchange";

const year = 366 * 86_400;

/** Seconds from now of a number: of seconds, or of seconds since 1970 where it is too large for that; or of a date. */
function secondsUntil(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  const now = Date.now() / 1000;
  // Without a name of a month Date.parse takes almost any number for a date.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) / 1000 : NaN;
  const seconds = Number.isNaN(number) ? date - now : number > 1e9 ? number - now : number;
  return seconds < year ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/**
 * When a rate limit ends: `Retry-After` (RFC 9110: seconds or a date), `X-Retry-After` and `X-RateLimit-Reset` (seconds
 * since 1970), `RateLimit-Reset` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers: `reset=30`, `t=30`), and the window
 * of Docker Hub's `ratelimit-limit: 100;w=21600`.
 */
export function rateLimitEnd(headers: Headers): { retryAfterSeconds?: number; windowSeconds?: number } {
  const text = (name: string) => [headers[name] ?? []].flat()[0]?.trim();
  const inRateLimit = /(?:^|[;,\s])(?:reset|t)=(\d+)/.exec(text("ratelimit") ?? "")?.[1];
  const ends = [
    text("retry-after"),
    text("x-retry-after"),
    text("ratelimit-reset"),
    inRateLimit,
    text("x-ratelimit-reset"),
  ]
    .map((value) => (value === undefined ? undefined : secondsUntil(value)))
    .find((value) => value !== undefined);
  const window = /;\s*w=(\d{1,8})\b/.exec(text("ratelimit-limit") ?? "")?.[1];
  return {
    ...(ends === undefined ? {} : { retryAfterSeconds: ends }),
    ...(window === undefined ? {} : { windowSeconds: Number(window) }),
  };
}
