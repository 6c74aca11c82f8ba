import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkAutonaming } from "../../../components/autonaming";
import { UserError } from "../../../components/user-error";
import { bundled, refusalOf } from "../support/fleet-run";
import { record } from "../support/recording";
import { testMessages, type MessageCase } from "../support/message-cases";

const told = (kinds: string) =>
  `pulumi:autonaming gives ${kinds} no random names, but a new password needs a new name; ` +
  "end the pattern for them with a random part, for example ${name}-${hex(8)}, or remove it";

const secretType = "kubernetes:core/v1:Secret";
const forSecrets = (strategy: object, more: object = {}) => ({
  ...more,
  providers: { kubernetes: { resources: { [secretType]: strategy } } },
});

const bad: readonly (readonly [string, object, string])[] = [
  ["verbatim", { mode: "verbatim" }, "Secrets and Jobs"],
  ["disabled", { mode: "disabled" }, "Secrets and Jobs"],
  ["a pattern without randomness", { pattern: "${stack}-${name}", enforce: true }, "Secrets and Jobs"],
  ["a pattern with little of it", { pattern: "${name}-${hex(3)}" }, "Secrets and Jobs"],
  ["verbatim for the provider", { providers: { kubernetes: { mode: "verbatim" } } }, "Secrets and Jobs"],
  ["verbatim for Secrets alone", forSecrets({ mode: "verbatim" }), "Secrets"],
  ["verbatim, but not for Secrets", forSecrets({ pattern: "${name}-${uuid}" }, { mode: "verbatim" }), "Jobs"],
];

const good: Readonly<Record<string, object | string>> = {
  "nothing said": {},
  default: { mode: "default" },
  "a random pattern": { pattern: "${project}-${name}-${hex(8)}" },
  "parts that are enough together": { pattern: "${alphanum(2)}-${name}-${num(2)}" },
  "another provider's": { providers: { aws: { mode: "verbatim" } } },
  "another type's": {
    providers: { kubernetes: { resources: { "kubernetes:core/v1:ConfigMap": { mode: "verbatim" } } } },
  },
  "what is no JSON, which the engine refuses": "{",
};

describe("pulumi:autonaming", function () {
  this.timeout(20_000); // for a busy machine
  testMessages(
    bad.map(([what, setting, kinds]): MessageCase => [what, { "pulumi:autonaming": setting }, [told(kinds)]]),
  );

  for (const [what, setting] of Object.entries(good)) {
    it(`is fine with ${what}`, () => {
      const text = typeof setting === "string" ? setting : JSON.stringify(setting);
      assert.deepEqual(checkAutonaming(text), []);
    });
  }

  describe("in a program of somebody else's", () => {
    beforeEach(() => pulumi.runtime.setAllConfig({ "pulumi:autonaming": JSON.stringify({ mode: "verbatim" }) }));
    afterEach(() => pulumi.runtime.setAllConfig({}));

    it("is refused by the whole component", async () => {
      const error = await refusalOf(bundled);
      assert.ok(error instanceof UserError);
      assert.equal(error.message, told("Secrets and Jobs"));
    });

    it("is refused by the pull Secrets alone", async () => {
      const { result } = await record(async () => {
        const { ImagePullSecrets } = await import("../../../components/image-pull-secrets");
        try {
          return new ImagePullSecrets("one", { namespace: "fleet" });
        } catch (error) {
          return error;
        }
      });
      assert.ok(result instanceof UserError);
      assert.equal(result.message, told("Secrets and Jobs"));
    });
  });
});
