import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { checkPodSecurity, podSecurityLabels, type PodSecurityLevel } from "../../../components/pod-security-level";
import type { Values } from "../../../components/plain-values";
import { issueText } from "../../../registry/issue";
import { checkout } from "../../../local/support/paths";

const problems = (values: Values, podSecurity?: PodSecurityLevel) =>
  checkPodSecurity({ values, podSecurity }).map(issueText);

const cas = { fleet: { additionalCAs: { enabled: true, configMaps: [{ name: "company-ca" }] } } };
const proxy = { gke: { cloudSQL: { enableProxy: true } } };
const volumes = (...sources: object[]) => ({
  fleet: { extraVolumes: sources.map((source, i) => ({ name: `volume-${i}`, ...source })) },
});

describe("podSecurity", () => {
  it("is restricted unless something else is said, and refuses what the namespace would", () => {
    assert.deepEqual(problems(cas), [
      'values.fleet.additionalCAs needs a container that runs as root, which the namespace refuses; set "podSecurity" to baseline',
    ]);
    assert.deepEqual(problems(proxy), [
      'values.gke.cloudSQL.enableProxy needs the capability SYS_PTRACE, which the namespace refuses; set "podSecurity" to privileged',
    ]);
    for (const runAsNonRoot of [false, null]) {
      assert.deepEqual(problems({ fleet: { securityContext: { runAsNonRoot } } }), [
        'values.fleet.securityContext.runAsNonRoot has to be true for pods that the namespace takes; set "podSecurity" to baseline',
      ]);
    }
    assert.deepEqual(problems(volumes({ emptyDir: {} }, { nfs: {} }, { hostPath: { path: "/" } })), [
      'values.fleet.extraVolumes[1].nfs is a kind of volume that the namespace refuses; set "podSecurity" to baseline',
      'values.fleet.extraVolumes[2].hostPath is a kind of volume that the namespace refuses; set "podSecurity" to privileged',
    ]);
  });

  it("takes at a level what it allows", () => {
    const root = { fleet: { ...cas.fleet, securityContext: { runAsNonRoot: false } } };
    assert.deepEqual(problems(root, "baseline"), []);
    assert.deepEqual(problems(volumes({ nfs: {} }), "baseline"), []);
    assert.equal(problems(proxy, "baseline").length, 1);
    assert.equal(problems(volumes({ hostPath: {} }), "baseline").length, 1);
    assert.deepEqual(problems({ ...root, ...proxy }, "privileged"), []);
  });

  it("takes values that change nothing of it", () => {
    for (const values of [
      { fleet: { additionalCAs: { enabled: true, configMaps: [], secrets: null } } },
      { fleet: { additionalCAs: { enabled: false, configMaps: [{ name: "a" }] } } },
      { fleet: { securityContext: { runAsUser: null, runAsGroup: null } } },
      { gke: { cloudSQL: { enableProxy: pulumi.output(false) } } },
      { fleet: null, gke: null },
      volumes({ image: { reference: "a:1" } }, { secret: {} }, { persistentVolumeClaim: {} }),
    ]) {
      assert.deepEqual(problems(values), []);
    }
  });

  it("is no concern of a namespace that is not made here", () => {
    assert.deepEqual(checkPodSecurity({ values: proxy, createNamespace: false }), []);
    assert.deepEqual(checkPodSecurity({ values: proxy, adopt: true }), []);
  });

  it("restricted is what the namespace of deploy/ci-account.yaml has", () => {
    const file = path.join(checkout, "deploy", "ci-account.yaml");
    const objects = yaml.parseAllDocuments(fs.readFileSync(file, "utf8")).map((one) => one.toJS() as unknown);
    const metadata = { name: "fleet", labels: podSecurityLabels("restricted") };
    assert.deepEqual(objects[0], { apiVersion: "v1", kind: "Namespace", metadata });
  });
});
