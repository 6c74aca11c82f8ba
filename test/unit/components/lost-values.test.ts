import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkLostValues } from "../../../components/lost-values";
import type { Values } from "../../../components/plain-values";
import { issueText } from "../../../registry/issue";

type Args = Parameters<typeof checkLostValues>[0];

const problems = (values: Values, args: Args = {}) => checkLostValues({ ...args, values }).map(issueText);

const extra = { extraVolumes: [{ name: "model", emptyDir: {} }] };
const toStdout = { osquery: { logging: { statusPlugin: "stdout", resultPlugin: "firehose" } } };
const lost = (key: string) =>
  `values.fleet.${key} is left out by Fleet's chart where it mounts nothing else: no certificate, no CAs, no logs; ` +
  'leave one of statusPlugin and resultPlugin in values.osquery.logging at filesystem, or set "tls"';

describe("values that Fleet's chart would lose", () => {
  it("are the annotations of its ServiceAccount but one", () => {
    const account = (serviceAccountAnnotations: unknown) => problems({ serviceAccountAnnotations });
    assert.deepEqual(account({ one: "1", two: "2" }), [
      "values.serviceAccountAnnotations has more than one annotation, of which Fleet's chart gives its ServiceAccount only one; " +
        "keep one, and add the others after the first deploy: kubectl annotate serviceaccount fleet NAME=VALUE",
    ]);
    for (const kept of [
      { one: "1" },
      { one: "1", two: null },
      {},
      null,
      undefined,
      pulumi.output({ a: "1", b: "2" }),
    ]) {
      assert.deepEqual(account(kept), []);
    }
  });

  it("are numbers of the environment that templates print with an exponent", () => {
    const environments = (value: unknown) => problems({ environments: { FLEET_S3_PART_SIZE: value } });
    const spoilt =
      "values.environments.FLEET_S3_PART_SIZE is a number that Helm writes as 1e+06 or the like, which Fleet does not read; put it in quotes";
    for (const value of [1_000_000, 10_485_760, -1_234_567, 0.00001]) assert.deepEqual(environments(value), [spoilt]);
    for (const kept of ["10485760", 999_999, 0, 0.25, -5, true, null, pulumi.output(10_485_760)]) {
      assert.deepEqual(environments(kept), []);
    }
  });

  it("are extra volumes and their mounts where nothing else is mounted", () => {
    assert.deepEqual(problems({ ...toStdout, fleet: extra }), [lost("extraVolumes")]);
    const mounts = { extraVolumeMounts: [{ name: "tmp", mountPath: "/x" }] };
    assert.deepEqual(problems({ ...toStdout, fleet: mounts }), [lost("extraVolumeMounts")]);
    const noCas = { additionalCAs: { enabled: true, configMaps: [], secrets: null } };
    assert.deepEqual(problems({ ...toStdout, fleet: { ...extra, ...noCas } }), [lost("extraVolumes")]);
  });

  it("are not those beside a certificate, CAs or logs, nor beside what is not known yet", () => {
    const logging = (statusPlugin: unknown) => ({ osquery: { logging: { statusPlugin, resultPlugin: "stdout" } } });
    const cas = { additionalCAs: { enabled: true, secrets: [{ name: "company-ca" }] } };
    const kept: readonly (readonly [Values, Args?])[] = [
      [{ fleet: extra }],
      [{ ...logging("filesystem"), fleet: extra }],
      [{ ...logging(pulumi.output("stdout")), fleet: extra }],
      [{ ...toStdout, fleet: { ...extra, ...cas } }],
      [{ ...toStdout, fleet: extra, database: { tls: { enabled: true } } }],
      [{ ...toStdout, fleet: extra, database: { tls: { enabled: pulumi.output(false) } } }],
      [{ ...toStdout, fleet: extra }, { tls: { secretName: "fleet-tls" } }],
      [{ ...toStdout, fleet: extra }, { database: { address: "db:3306", tls: { caCertificate: "PEM" } } }],
      [{ ...toStdout, fleet: { extraVolumes: [] } }],
      [toStdout],
    ];
    for (const [values, args] of kept) assert.deepEqual(problems(values, args), [], JSON.stringify(values));
  });
});
