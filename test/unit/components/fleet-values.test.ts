import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components/fleet-args";
import { checkValues, pullSecretsInValues } from "../../../components/fleet-values";
import { UserError } from "../../../components/user-error";
import { external, recordingOf, refusalOf, releaseOf } from "../support/fleet-run";

describe("values for the chart", function () {
  this.timeout(20_000); // for a busy machine
  it("stay as they are, with the program's own laid over them", async () => {
    const recording = await recordingOf({
      ...external,
      values: {
        resources: { limits: { memory: "2Gi" }, requests: {} },
        environments: { FLEET_LOGGING_DEBUG: "true" },
        envsFrom: [{ name: "FLEET_SMTP", valueFrom: { secretKeyRef: { name: "smtp", key: "password" } } }],
        fleet: {
          autoApplySQLMigrations: false,
          tls: { hosts: ["a", "b"] },
          migrationJobAnnotations: { team: "it" },
        },
        cache: { database: 3 },
        podAnnotations: { "example.com/scrape": "yes" },
        extraVolumes: [],
      },
    });
    const { values: plain } = releaseOf(await recordingOf(external));
    const { values } = releaseOf(recording);
    assert.deepEqual(values, {
      ...plain,
      resources: { limits: { memory: "2Gi" }, requests: {} },
      environments: { FLEET_LOGGING_DEBUG: "true", FLEET_SERVER_PRIVATE_KEY: null },
      envsFrom: [
        { name: "FLEET_SMTP", valueFrom: { secretKeyRef: { name: "smtp", key: "password" } } },
        ...(plain.envsFrom as unknown[]),
      ],
      fleet: {
        autoApplySQLMigrations: false,
        tls: { enabled: false, hosts: ["a", "b"] },
        migrationJobAnnotations: {
          team: "it",
          "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
        },
      },
      cache: { ...(plain.cache as object), database: 3 },
      podAnnotations: { "example.com/scrape": "yes" },
      extraVolumes: [],
    });
  });

  it("unite podAnnotations with the revisions, and imagePullSecrets without doubles", async () => {
    const recording = await recordingOf({
      ...external,
      existing: [{ name: "team", revision: pulumi.output("41") }],
      values: { podAnnotations: { a: "b" }, imagePullSecrets: [{ name: "extra" }, { name: "team" }] },
    });
    const { values } = releaseOf(recording);
    const made = recording.objectNames["Secret fleet-registry-example-com"];
    assert.deepEqual(values.podAnnotations, { a: "b", "image-pull-secrets/revisions": "team=41" });
    const list = [{ name: made }, { name: "team" }, { name: "extra" }];
    assert.deepEqual(values.imagePullSecrets, list);
    const { spec } = recording.get("Job fleet-pull-check").inputs as {
      spec: { template: { spec: { imagePullSecrets: unknown } } };
    };
    assert.deepEqual(spec.template.spec.imagePullSecrets, list);
  });

  it("decide where the check runs, too", async () => {
    const placement = {
      nodeSelector: { pool: "fleet" },
      tolerations: [{ key: "fleet", operator: "Exists" }],
      affinity: { podAntiAffinity: {} },
    };
    const recording = await recordingOf({ ...external, values: placement });
    const { spec } = recording.get("Job fleet-pull-check").inputs as {
      spec: { template: { spec: Record<string, unknown> } };
    };
    const { nodeSelector, tolerations, affinity } = spec.template.spec;
    assert.deepEqual({ nodeSelector, tolerations, affinity }, placement);
    const { values } = releaseOf(recording);
    assert.deepEqual(
      { nodeSelector: values.nodeSelector, tolerations: values.tolerations, affinity: values.affinity },
      placement,
    );
  });

  it("decide how the check's pod is admitted, too", async () => {
    const podOf = async (args: Partial<FleetArgs>) => {
      const { spec } = (await recordingOf({ ...external, ...args })).get("Job fleet-pull-check").inputs as {
        spec: {
          template: {
            metadata: { annotations: Record<string, string> };
            spec: { containers: { name: string; securityContext: Record<string, unknown> }[] };
          };
        };
      };
      const users = spec.template.spec.containers.map(({ name, securityContext }) => {
        const { runAsNonRoot, runAsUser, runAsGroup } = securityContext;
        return [name, runAsNonRoot, runAsUser, runAsGroup];
      });
      return { annotations: spec.template.metadata.annotations, users };
    };
    const usersOf = async (securityContext: object) =>
      (await podOf({ podSecurity: "baseline", values: { fleet: { securityContext } } })).users;
    assert.deepEqual(await usersOf({}), [["fleet", true, 3333, 3333]]);
    assert.deepEqual(await usersOf({ runAsUser: 7, runAsGroup: 8 }), [["fleet", true, 7, 8]]);
    assert.deepEqual(await usersOf({ runAsUser: null, runAsGroup: 0 }), [["fleet", true, undefined, undefined]]);
    assert.deepEqual(await usersOf({ runAsNonRoot: false }), [["fleet", undefined, 3333, 3333]]);

    const { annotations, users } = await podOf({
      database: undefined,
      datastoreUser: 0,
      pullCheckAnnotations: { "linkerd.io/inject": "ingress" },
      values: { podAnnotations: { team: "it", "sidecar.istio.io/inject": pulumi.output("true") } },
    });
    assert.deepEqual(annotations, {
      team: "it",
      "sidecar.istio.io/inject": "true",
      "linkerd.io/inject": "ingress",
      "consul.hashicorp.com/connect-inject": "false",
    });
    assert.deepEqual(users, [
      ["fleet", true, 3333, 3333],
      ["mysql", true, undefined, undefined],
    ]);
  });

  it("may not say what the program decides, and the component refuses them", async () => {
    const error = await refusalOf({ ...external, values: { imageTag: "v1", fleet: { tls: { enabled: true } } } });
    assert.ok(error instanceof UserError);
    assert.equal(
      error.message,
      'values.imageTag is a chart value that this program sets itself; set "imageTag" instead\n' +
        'values.fleet.tls.enabled is a chart value that this program sets itself; set "tls" instead',
    );
  });

  it("may have outputs for leaves, the program's own beside them", async () => {
    const limits = pulumi.output({ memory: "2Gi" });
    const recording = await recordingOf({
      ...external,
      values: {
        resources: { limits },
        database: { maxOpenConns: pulumi.output(20) },
        environments: { FLEET_LOGGING_DEBUG: pulumi.output("true") },
        envsFrom: [{ name: pulumi.output("FLEET_SMTP"), valueFrom: {} }],
      },
    });
    const plain = releaseOf(await recordingOf(external)).values;
    const { values } = releaseOf(recording);
    assert.deepEqual(values, {
      ...plain,
      resources: { limits: { memory: "2Gi" } },
      database: { ...(plain.database as object), maxOpenConns: 20 },
      environments: { FLEET_LOGGING_DEBUG: "true", FLEET_SERVER_PRIVATE_KEY: null },
      envsFrom: [{ name: "FLEET_SMTP", valueFrom: {} }, ...(plain.envsFrom as unknown[])],
    });
  });

  it("may not be outputs where the program has values of its own inside, or gives the same to the check", async () => {
    const output = pulumi.output({ maxOpenConns: 20 });
    const values = { database: output, fleet: { tls: output }, environments: output, nodeSelector: output };
    const lists = { imagePullSecrets: pulumi.output([]), envsFrom: pulumi.output([]) };
    const error = await refusalOf({ ...external, values: { ...values, ...lists } });
    assert.ok(error instanceof UserError);
    const below = "is not a map; give the chart's keys below it";
    assert.deepEqual(error.message.split("\n"), [
      `values.database ${below}`,
      `values.fleet.tls ${below}`,
      `values.environments ${below}`,
      "values.nodeSelector is not a map; write its entries below it, each as name: value",
      'values.imagePullSecrets is not a list; begin each of its items with "- "',
      'values.envsFrom is not a list; begin each of its items with "- "',
    ]);
    const whole = await refusalOf({ ...external, values: output });
    assert.ok(whole instanceof UserError);
    assert.equal(whole.message, `values ${below}`);
  });

  it("cannot replace a map of the program by something else", () => {
    const issues = checkValues({ database: "mysql", fleet: { tls: true, license: [] }, environments: null });
    assert.deepEqual(
      issues.map(({ place, sentence }) => `${place} ${sentence}`),
      [
        "values.database is not a map",
        "values.fleet.tls is not a map",
        "values.fleet.license is not a map",
        "values.environments is not a map",
      ],
    );
  });

  it("may be left empty, where they are united with the program's", async () => {
    const empty = { imagePullSecrets: null, envsFrom: null, podAnnotations: null, tolerations: null, gke: null };
    const values = { ...empty, fleet: { migrationJobAnnotations: null } };
    assert.deepEqual(checkValues(values), []);
    const plain = releaseOf(await recordingOf(external)).values;
    const { imagePullSecrets, envsFrom, podAnnotations, fleet } = releaseOf(
      await recordingOf({ ...external, values }),
    ).values;
    assert.deepEqual(
      { imagePullSecrets, envsFrom, podAnnotations, fleet },
      {
        imagePullSecrets: plain.imagePullSecrets,
        envsFrom: plain.envsFrom,
        podAnnotations: plain.podAnnotations,
        fleet: plain.fleet,
      },
    );
  });

  it("give the names of pull Secrets that are names", () => {
    assert.deepEqual(pullSecretsInValues({ imagePullSecrets: [{ name: "a" }, "b", { name: 1 }, null] }), ["a"]);
    assert.deepEqual(pullSecretsInValues({ imagePullSecrets: "a" }), []);
    assert.deepEqual(pullSecretsInValues({}), []);
  });
});
