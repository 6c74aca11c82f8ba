import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import { report } from "../../../policy/finding";
import { plain, Unknown } from "../../../policy/plain";
import { wholeStack, type Resource } from "../../../policy/resource";
import { pullCheckOn } from "../../../policy/rules/pull-check-on";
import { resource, said } from "./resources";

/** What the SDK wraps the properties in that a policy is given; it has no types. */
const { unknownCheckingProxy, UnknownValueError, unknownStringValue } = createRequire(__filename)(
  "@pulumi/policy/proxy",
) as {
  readonly unknownCheckingProxy: (properties: object) => object;
  readonly UnknownValueError: new (...args: never[]) => Error;
  readonly unknownStringValue: string;
};

describe("policy pull-check-on", () => {
  it("wants a check in each Fleet", () => {
    const fleet = resource("fleet:index:Fleet", "fleet", {});
    const check = resource("fleet:index:ImagePullCheck", "fleet-pull-check", {}, fleet.urn);
    const job = resource("kubernetes:batch/v1:Job", "fleet-pull-check", {}, check.urn);
    const second = resource("kubernetes:batch/v1:Job", "fleet-pull-check-2", {}, check.urn);
    const stray = resource("fleet:index:ImagePullCheck", "stray", {});
    assert.deepEqual(said(pullCheckOn([fleet, check, job])), []);
    assert.deepEqual(said(pullCheckOn([fleet, check, job, second], 2)), []);
    assert.deepEqual(said(pullCheckOn([fleet, check, job], 2)), [
      'Fleet "fleet" has a pull check on 1 node, fewer than 2; let more nodes pull: pulumi config set pullCheckNodes 2',
    ]);
    assert.deepEqual(said(pullCheckOn([])), []);
    assert.deepEqual(said(pullCheckOn([fleet, stray])), [
      'Fleet "fleet" has no pull check, so a wrong password is found only by the pods that need it; switch it on: pulumi config set pullCheck true',
    ]);
  });
});

describe("what a policy is given", () => {
  const given = unknownCheckingProxy({
    a: { b: [1, unknownStringValue, { c: unknownStringValue }] },
    d: null,
    e: true,
  });

  it("is copied, with what is unknown marked", () => {
    const { a, ...rest } = plain(given);
    assert.deepEqual(rest, { d: null, e: true });
    const [one, two, three] = Object.values((a as { b: object }).b) as [unknown, unknown, { c: unknown }];
    assert.equal(one, 1);
    assert.ok(two instanceof Unknown);
    assert.ok(three.c instanceof Unknown);
    assert.ok(three.c.error instanceof UnknownValueError);
  });

  it("is reported: violations first, then once what has to wait", () => {
    const { x, y } = plain(unknownCheckingProxy({ x: unknownStringValue, y: unknownStringValue }));
    assert.ok(x instanceof Unknown && y instanceof Unknown);
    const violations: string[] = [];
    const findings = [{ message: "x of A", unknown: x }, { message: "bad" }, { message: "y of B", unknown: y }];
    assert.throws(
      () => report(findings, (message) => violations.push(message)),
      (error: Error) =>
        error instanceof UnknownValueError &&
        error.message === "x of A, y of B can't be known before pulumi up, which checks it then",
    );
    assert.deepEqual(violations, ["bad"]);
  });

  it("is reported as one line that acts on nothing", () => {
    const violations: string[] = [];
    report([{ message: 'Secret "a\n::error::b\x1b[2J"' }], (message) => violations.push(message));
    assert.deepEqual(violations, [String.raw`Secret "a\n::error::b\x1b[2J"`]);
  });
});

describe("a rule about the whole stack", () => {
  const args = (name: string) => ({
    urn: `urn:${name}`,
    type: "a:b:C",
    name,
    opts: {},
    props: {},
    getConfig: () => ({}),
  });

  it("sees everything that was registered, says nothing twice and forgets it all at the end", () => {
    const rule = wholeStack({
      each: ({ urn, name }: Resource, registered) => [{ urn, message: `${name} of ${registered.length}` }],
      end: (registered) => [
        ...registered.map(({ urn, name }, i) => ({ urn, message: `${name} of ${i + 1}` })),
        { message: `${registered.length} in all` },
      ],
    });
    const validateResource = rule.validateResource as unknown as (
      given: object,
      say: (message: string) => void,
    ) => void;
    const validateStack = rule.validateStack as unknown as (given: object, say: (message: string) => void) => void;
    for (let update = 0; update < 2; update++) {
      const violations: string[] = [];
      const say = (message: string) => violations.push(message);
      validateResource(args("a"), say);
      validateResource(args("b"), say);
      validateStack({ getConfig: () => ({}) }, say);
      assert.deepEqual(violations, ["a of 1", "b of 2", "2 in all"]);
    }
  });
});
