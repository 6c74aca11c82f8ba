import { ok } from "node:assert/strict";
import * as fc from "fast-check";
import type { Reply } from "../../../support/fake-registry";
import { askOne, closeAll, login, serve } from "./probing";

const text = fc.string({ maxLength: 60, unit: fc.constantFrom(...'aB1 "=,;/\\:{}[]%<>é') });
const headerText = text.map((value) => Buffer.from(value).toString("latin1").trim());
const challenge = fc.oneof(
  headerText,
  fc.constantFrom("Basic", 'Basic realm="x"', 'Bearer realm="/token"', "Bearer realm=https://127.0.0.1:1/token"),
  headerText.map((value) => `Bearer realm="https://127.0.0.1:1/${value.replaceAll('"', "")}",service=${value}`),
);
const body = fc.oneof(
  text,
  fc.json({ maxDepth: 3 }),
  fc
    .record({ errors: fc.jsonValue(), token: fc.jsonValue(), details: fc.jsonValue() })
    .map((value) => JSON.stringify(value)),
);
const reply: fc.Arbitrary<Reply> = fc.record({
  status: fc.constantFrom(200, 200, 204, 206, 301, 304, 400, 401, 401, 401, 403, 404, 405, 407, 429, 451, 599),
  headers: fc.record(
    {
      "www-authenticate": challenge,
      "content-type": fc.constantFrom("application/json", "text/html", "text/plain", ""),
      location: fc.oneof(headerText, fc.constantFrom("https://127.0.0.1:1/", "//", "https://[::1", "http://a:b@c/")),
      "retry-after": headerText,
      "ratelimit-limit": headerText,
      ratelimit: headerText,
    },
    { requiredKeys: [] },
  ),
  body,
});

describe("a server that answers rubbish", function () {
  this.timeout(60_000);
  afterEach(closeAll);

  it("always gets a verdict, and never more than reads", async () => {
    const numRuns = 60;
    await fc.assert(
      fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 4 }), async (replies) => {
        let next = 0;
        const server = await serve(() => replies[next++ % replies.length]);
        const { verdict } = await askOne(`${server.host}/team/fleet:v1`, login, {
          leastPrivilege: true,
          timeoutMs: 5_000,
        });
        ok(verdict.kind.length > 0);
        const { detail = "", host = "" } = verdict as { detail?: string; host?: string };
        ok(!detail.includes("could not be asked") && host.length < 100, JSON.stringify([verdict, replies]));
        await closeAll();
      }),
      { numRuns },
    );
  });
});
