import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import {
  explainCoverage,
  foundText,
  podsIn,
  secretsIn,
  serviceAccountsIn,
  type Coverage,
  type Manifest,
} from "../../commands/coverage";
import { deadlineCommand, drainCommand } from "../../config/load";
import { parseManifests, renderRelease } from "../../commands/explain/render";
import { checkout } from "../../local/support/paths";
import { UserError } from "../../components/user-error";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { chart } from "../support/chart";
import { ownValues, quirks, secret, type Values } from "../support/chart-quirks";
import { explainConfig, pulls, smallStack } from "../support/explain";

async function render(values: Values) {
  const release = { name: "fleet", namespace: "fleet", chart: await chart(), values: { ...ownValues, ...values } };
  return renderRelease(await ensureHelm(), release);
}

const cover = (manifests: readonly Manifest[]): Coverage =>
  explainCoverage({
    pods: podsIn(manifests, "fleet"),
    secrets: [secret, ...secretsIn(manifests, "fleet")],
    serviceAccounts: serviceAccountsIn(manifests, "fleet"),
  });

describe("What Fleet's chart does and few others do", function () {
  this.timeout("1m");

  for (const [title, { values, pulled, problems = [], warnings = [], shape, lacksTmp }] of Object.entries(quirks)) {
    it(title, async () => {
      const { text, manifests } = await render(values);
      shape?.(manifests);
      const coverage = cover(manifests);
      assert.deepEqual([...pulls(coverage)].sort(), [...pulled].sort());
      assert.deepEqual(coverage.problems.map(foundText), problems);
      assert.deepEqual(coverage.warnings.map(foundText), warnings);
      const dedicated = values.vulnProcessing !== undefined;
      const deadline = ["CronJob/fleet-vulnprocessing: activeDeadlineSeconds: 5400"];
      const drain = ["Deployment/fleet: lifecycle: { preStop: { sleep: { seconds: 5 } } }"];
      const tmp = lacksTmp
        ? ["volumeMounts: [{ name: tmp, mountPath: /tmp }]", "volumes: [{ name: tmp, emptyDir: {} }]"]
        : [];
      const always = [...(dedicated ? deadline : []), ...tmp.map((entry) => `Deployment/fleet: ${entry}`)];
      assert.deepEqual(addedBy(deadlineCommand, text).sort(), always);
      assert.deepEqual(addedBy(drainCommand, text).sort(), [...always, ...drain].sort());
    });
  }

  describe("where Helm refuses it, make explain says it in one line", () => {
    const refusalOf = async (values: Values) => {
      const config = { ...smallStack, "fleet:chart": await chart(), "fleet:values": values };
      const error: unknown = await explainConfig(config).catch((error: unknown) => error);
      assert.ok(error instanceof UserError, String(error));
      assert.doesNotMatch(error.message, /\n/);
      return error.message;
    };

    for (const [key, values] of Object.entries({ resources: { resources: null }, mdm: { fleet: { mdm: null } } })) {
      it(`${key} without a map`, async () => {
        assert.match(
          await refusalOf(values),
          /^Helm cannot render the chart .*: nil pointer evaluating interface \{\}\.(limits|windows)$/,
        );
      });
    }

    for (const key of ["tls", "license"]) {
      it(`fleet.${key} without a map, which the program says first`, async () => {
        assert.equal(
          await refusalOf({ fleet: { [key]: null } }),
          `fleet:values.fleet.${key} is not a map; give the chart's keys below it`,
        );
        await assert.rejects(render({ fleet: { [key]: null } }), /: nil pointer evaluating interface \{\}\.\w+$/);
      });
    }

    it("annotations of the ServiceAccount beside a Google account, which the program says first", async () => {
      const values = {
        serviceAccountAnnotations: { one: "1", two: "2" },
        gke: { workloadIdentityEmail: "fleet@example.com" },
      };
      assert.match(await refusalOf(values), /^fleet:values\.serviceAccountAnnotations has more than one annotation, /);
      await assert.rejects(render(values), /: YAML parse error on .*$/);
    });
  });
});

/**
 * The lines that a post-renderer adds, each with its object, of what Helm gives it: hooks are not among that. Every other byte has
 * to stay.
 */
function addedBy(command: string, text: string): string[] {
  const { status, stdout, stderr } = spawnSync(path.resolve(checkout, command), { input: text, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const added: string[] = [];
  const documents = stdout.split(/^---$/m);
  const without = documents.map((document) =>
    document.replace(
      /(?<!# )(lifecycle: .*|activeDeadlineSeconds: \d+|volume\w+: \[\{ name: tmp, .*\}\])\n +/g,
      (_, entry: string) => {
        const [{ kind, metadata } = {}] = parseManifests(document);
        added.push(`${kind}/${metadata?.name}: ${entry}`);
        return "";
      },
    ),
  );
  assert.equal(without.join("---"), text);
  return added;
}
