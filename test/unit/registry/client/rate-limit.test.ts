import { deepEqual, equal, ok } from "node:assert/strict";
import { rateLimitEnd } from "../../../../registry/client/rate-limit";
import { askOne, basicRegistry, bearerRegistry, closeAll, manifest, serve } from "./probing";

const inSeconds = (seconds: number) => Math.round(Date.now() / 1000) + seconds;

const cases: readonly (readonly [headers: () => Readonly<Record<string, string>>, end?: number, window?: number])[] = [
  [() => ({})],
  [() => ({ "retry-after": "120" }), 120],
  [() => ({ "retry-after": new Date(inSeconds(300) * 1000).toUTCString() }), 300],
  [() => ({ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }), 0],
  [() => ({ "retry-after": "soon" })],
  [() => ({ "retry-after": "-5" })],
  [() => ({ "retry-after": "9".repeat(400) })],
  [() => ({ "x-retry-after": String(inSeconds(600)) }), 600],
  [() => ({ "x-ratelimit-reset": String(inSeconds(900)) }), 900],
  [() => ({ "ratelimit-reset": "30" }), 30],
  [() => ({ ratelimit: "limit=100, remaining=0, reset=40" }), 40],
  [() => ({ ratelimit: '"default";r=0;t=50' }), 50],
  [() => ({ "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600" }), undefined, 21600],
  [() => ({ "retry-after": "60", "ratelimit-limit": "100;w=21600" }), 60, 21600],
];

describe("a rate limit", () => {
  afterEach(closeAll);

  for (const [headers, end, window] of cases) {
    it(`ends as ${Object.entries(headers()).join("; ").slice(0, 80) || "nobody says"}`, () => {
      const { retryAfterSeconds, windowSeconds } = rateLimitEnd(headers());
      equal(windowSeconds, window);
      if (end === undefined) equal(retryAfterSeconds, undefined);
      // A second may pass in between.
      else ok(Math.abs((retryAfterSeconds ?? NaN) - end) <= 2, String(retryAfterSeconds));
    });
  }

  const tooMany = {
    status: 429,
    headers: { "retry-after": "77", "ratelimit-limit": "100;w=21600" },
    body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}',
  };
  const said = "TOOMANYREQUESTS: You have reached your pull rate limit.";
  const limited = { kind: "rate-limited", status: 429, retryAfterSeconds: 77, windowSeconds: 21600 };

  it("everywhere, at the manifest, at the token service; asked once each", async () => {
    const everywhere = await serve(() => tooMany);
    const { verdict } = await askOne(`${everywhere.host}/a/b:c`);
    deepEqual(verdict, { ...limited, host: everywhere.host, from: "registry", said });
    // HEAD has no words, the root has.
    deepEqual(everywhere.lines, ["HEAD /v2/a/b/manifests/c", "GET /v2/"]);

    const manifests = await serve(basicRegistry(() => tooMany));
    // HEAD has no words.
    deepEqual((await askOne(`${manifests.host}/a/b:c`)).verdict, {
      ...limited,
      host: manifests.host,
      from: "registry",
    });
    deepEqual(manifests.lines.slice(3), ["HEAD /v2/a/b/manifests/c"]);

    const tokens = await serve(
      bearerRegistry(
        () => tooMany,
        () => manifest,
      ),
    );
    const atToken = (await askOne(`${tokens.host}/a/b:c`)).verdict;
    deepEqual(atToken, { ...limited, host: tokens.host, from: "token service", said });
    equal(tokens.lines.length, 2);
  });
});
