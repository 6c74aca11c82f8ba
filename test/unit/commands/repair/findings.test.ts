import assert from "node:assert/strict";
import { findLeftovers, type ClusterObject } from "../../../../commands/repair/findings";
import type { Variables } from "../../../../commands/make-variables";
import { issueText } from "../../../../registry/issue";
import { parseRepairRequest } from "../../../../commands/repair/request";
import { readState } from "../../../../commands/repair/state";
import { recorded, withResources } from "../../../../commands/repair/unrecorded";

const urn = (name: string) => `urn:pulumi:production::fleet::kubernetes:core/v1:Secret::${name}`;
const secret = "fleet-registry-example-com";
const exported = (more: object = {}) =>
  JSON.stringify({
    deployment: {
      resources: [
        { urn: "urn:a::b::pulumi:pulumi:Stack::fleet", type: "pulumi:pulumi:Stack", outputs: { clusterUid: "uid-1" } },
        { urn: urn(secret), type: "kubernetes:core/v1:Secret", id: `fleet/${secret}-00000001` },
        { urn: urn(secret), type: "kubernetes:core/v1:Secret", id: `fleet/${secret}-00000000`, delete: true },
        { urn: urn("fleet-pull-check"), type: "kubernetes:batch/v1:Job", id: "fleet/fleet-pull-check-00000001" },
        { urn: urn("fleet"), type: "kubernetes:helm.sh/v3:Release", id: "fleet/fleet", inputs: { timeout: 60 } },
      ],
      ...more,
    },
  });

const begun = "2026-11-29T10:00:00Z";
const object = (kind: string, name: string, more: object = {}, rest: object = {}): ClusterObject => ({
  kind,
  metadata: { name, creationTimestamp: begun, ...more },
  ...rest,
});
/** As this program makes them. */
const own = (kind: string, name: string) =>
  object(kind, name, {
    labels: { "app.kubernetes.io/part-of": "fleet" },
    annotations: { "pulumi.com/autonamed": "true" },
  });
const revision = (version: number, status: string) =>
  object("Secret", `sh.helm.release.v1.fleet.v${version}`, {
    labels: { owner: "helm", name: "fleet", status, version: String(version) },
  });
const find = (secrets: readonly ClusterObject[], workloads: readonly ClusterObject[] = [], state = exported()) =>
  findLeftovers(readState(state), { namespace: "fleet", secrets, workloads, begun: [] });
const foundIn = (...args: Parameters<typeof find>) => find(...args).findings.map(({ found }) => found);

describe("what a killed up has left", () => {
  const known = [own("Secret", `${secret}-00000001`), own("Secret", `${secret}-00000000`)];

  it("is nothing where the state knows everything", () => {
    const workloads = [own("Job", "fleet-pull-check-00000001"), object("Deployment", "fleet")];
    assert.deepEqual(find([...known, revision(2, "superseded"), revision(3, "deployed")], workloads), {
      findings: [],
      kept: [],
    });
  });

  it("is what the state takes for unfinished", () => {
    const state = exported({ pending_operations: [{ type: "creating", resource: { urn: urn("fleet-pull-check") } }] });
    assert.deepEqual(find([], [], state).findings, [
      {
        kind: "pending operations",
        found: "the state takes for unfinished: creating fleet-pull-check",
        done: "pulumi refresh --clear-pending-creates",
      },
    ]);
  });

  it("is a Secret or Job that the state does not know, also the first of its name", () => {
    const first = JSON.stringify({
      deployment: { pending_operations: [{ type: "creating", resource: { urn: urn(secret) } }] },
    });
    assert.deepEqual(foundIn([own("Secret", `${secret}-00000002`)], [], first), [
      `the state takes for unfinished: creating ${secret}`,
      `the Secret ${secret}-00000002 is in no state, and nothing names it`,
    ]);
    const job = own("Job", "fleet-pull-check-00000002");
    const pod = object(
      "Pod",
      "fleet-pull-check-00000002-x",
      { ownerReferences: [{ kind: "Job", name: job.metadata.name }] },
      { spec: { imagePullSecrets: [{ name: `${secret}-00000002` }] } },
    );
    assert.deepEqual(foundIn([...known, own("Secret", `${secret}-00000002`)], [job, pod]), [
      "the Job fleet-pull-check-00000002 is in no state",
      `the Secret ${secret}-00000002 is in no state, and nothing names it`,
    ]);
  });

  it("is not what others made, whatever its labels and its name", () => {
    const labels = { "app.kubernetes.io/part-of": "fleet" };
    const annotations = { "pulumi.com/autonamed": "true" };
    const name = `${secret}-00000002`;
    assert.deepEqual(
      foundIn([
        object("Secret", name, { labels }),
        object("Secret", name, { annotations }),
        object("Secret", "other-00000002", { labels, annotations }),
        object("Secret", "team-registry"),
      ]),
      [],
    );
  });

  it("stays while pods name it, and is told of", () => {
    const name = `${secret}-00000002`;
    for (const kind of ["Pod", "Deployment", "CronJob", "StatefulSet"]) {
      const naming = object(kind, "fleet", {}, { spec: { imagePullSecrets: [{ name }] } });
      assert.deepEqual(find([own("Secret", name)], [naming]), {
        findings: [],
        kept: [`the Secret ${name} is in no state, but pods name it; run pulumi up, and then make repair again`],
      });
    }
  });

  it("is Helm's last revision, where nobody ended it", () => {
    const secrets = [revision(9, "superseded"), revision(11, "pending-upgrade"), revision(10, "deployed")];
    const [finding, ...others] = find(secrets).findings;
    assert.deepEqual(others, []);
    assert.deepEqual(finding, {
      kind: "helm revision",
      name: "sh.helm.release.v1.fleet.v11",
      busyUntil: new Date("2026-11-29T10:01:00Z"), // the release's timeout is 60 s
      found: "Helm's revision 11 of the release fleet is pending-upgrade since 10:00:00 UTC",
      done: "its record is deleted, and nothing that runs",
    });
    assert.deepEqual(foundIn([revision(11, "pending-upgrade"), revision(12, "deployed")]), []);
  });

  describe("of a first install", () => {
    const release = {
      type: "creating",
      resource: {
        urn: "urn:a::b::kubernetes:helm.sh/v3:Release::fleet",
        type: "kubernetes:helm.sh/v3:Release",
        inputs: { namespace: "fleet", timeout: 90 },
      },
    };
    const first = (...pending_operations: readonly object[]) =>
      JSON.stringify({
        deployment: {
          resources: [{ urn: urn(secret), type: "kubernetes:core/v1:Secret", id: `fleet/${secret}-00000001` }],
          pending_operations,
        },
      });
    const deployment = (name: string) =>
      object(
        "Deployment",
        "fleet",
        { annotations: { "meta.helm.sh/release-name": "fleet" } },
        { spec: { template: { spec: { imagePullSecrets: [{ name }] } } } },
      );
    const record = (status: string) =>
      `Helm's revision 1 of the release fleet is ${status} since 10:00:00 UTC, and the state does not know the release`;

    it("is Helm's record, whatever became of it, where the state does not know the release", () => {
      for (const status of ["pending-install", "deployed", "failed", "uninstalling"]) {
        assert.deepEqual(foundIn([revision(1, status)], [], first(release)), [
          "the state takes for unfinished: creating fleet",
          record(status),
        ]);
      }
      const [, busy] = find([revision(1, "pending-install")], [], first(release)).findings;
      assert.ok(busy?.kind === "helm revision");
      assert.deepEqual(busy.busyUntil, new Date("2026-11-29T10:01:30Z")); // what the release was to have
    });

    it("is told from another's by the Secret that it pulls with, when the pending create is gone", () => {
      const mine = [deployment(`${secret}-00000001`)];
      assert.deepEqual(foundIn([revision(1, "deployed")], mine, first()), [record("deployed")]);
      assert.deepEqual(foundIn([revision(1, "deployed")], [deployment("team-registry")], first()), []);
      assert.deepEqual(foundIn([...known, revision(1, "deployed")], mine), []); // the state has the release
    });
  });

  describe("an object of a name that the program says", () => {
    const metadata = { name: "fleet-mysql", namespace: "fleet", labels: { "app.kubernetes.io/part-of": "fleet" } };
    const spec = {
      replicas: 1,
      template: { spec: { containers: [{ name: "mysql", resources: { limits: "1024Mi" } }] } },
    };
    const inputs = { apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec };
    const resource = {
      urn: "urn:a::b::kubernetes:apps/v1:StatefulSet::fleet-mysql",
      type: "kubernetes:apps/v1:StatefulSet",
      inputs,
    };
    const stateWith = (...resources: readonly object[]) =>
      JSON.stringify({
        version: 3,
        deployment: {
          resources: [{ urn: "urn:a::b::pulumi:pulumi:Stack::fleet", created: "2026-11-29T09:59:59.5Z" }, ...resources],
          pending_operations: [{ type: "creating", resource }],
        },
      });
    /** As the API server has it: with more than it was made with. */
    const live = (manager = "pulumi-kubernetes-1a2b3c4d", operation = "Apply", more: object = {}): ClusterObject =>
      object(
        "StatefulSet",
        "fleet-mysql",
        {
          ...metadata,
          uid: "uid-2",
          managedFields: [
            { manager: "kube-controller-manager", operation: "Update" },
            { manager, operation, time: begun },
          ],
          ...more,
        },
        {
          apiVersion: "apps/v1",
          spec: {
            ...spec,
            template: { spec: { containers: [{ name: "mysql", resources: { limits: "1Gi" } }], dnsPolicy: "x" } },
          },
        },
      );
    const findObject = (there: ClusterObject, state = readState(stateWith())) =>
      findLeftovers(state, {
        namespace: "fleet",
        secrets: [],
        workloads: [],
        begun: state.begunObjects.map((one) => [one, there] as const),
      });

    it("goes into the state with the manager of its fields, and as it is", () => {
      const [finding, ...others] = findObject(live()).findings;
      assert.deepEqual(
        others.map(({ kind }) => kind),
        ["pending operations"],
      );
      assert.ok(finding?.kind === "unrecorded");
      assert.equal(
        finding.found,
        "there, and not in the state: StatefulSet fleet-mysql (made 2026-11-29 10:00:00 UTC)",
      );
      const made = { ...inputs, __inputs: inputs, __initialApiVersion: "apps/v1" };
      const outputs = { ...made, __fieldManager: "pulumi-kubernetes-1a2b3c4d" };
      assert.deepEqual(finding.resources, [{ ...resource, id: "fleet/fleet-mysql", outputs }]);
      // The plugin from 4.29 on hands over what this manager has, by itself.
      const [newer] = findObject(live("pulumi-kubernetes", "Update")).findings;
      assert.deepEqual(newer?.kind === "unrecorded" && newer.resources[0]?.outputs, made);

      const after = withResources(stateWith(), finding.resources);
      assert.deepEqual(JSON.parse(after), JSON.parse(stateWith(...finding.resources)));
      assert.equal(withResources(after, finding.resources), after);
      assert.deepEqual(readState(after).begunObjects, []);
    });

    it("has its name alone for an id where it is in no namespace", () => {
      const [namespace] = readState(
        JSON.stringify({
          deployment: {
            pending_operations: [
              { type: "creating", resource: { inputs: { kind: "Namespace", metadata: { name: "fleet" } } } },
            ],
          },
        }),
      ).begunObjects;
      assert.ok(namespace);
      assert.equal(recorded(namespace, object("Namespace", "fleet")).id, "fleet");
    });

    const others: Readonly<Record<string, ClusterObject>> = {
      "that kubectl made": live("kubectl-create"),
      "that Pulumi only changed": live(undefined, undefined, { creationTimestamp: "2026-11-29T09:59:00Z" }),
      "that was there before the stack": live(undefined, undefined, {
        creationTimestamp: "2026-11-29T09:00:00Z",
        managedFields: [{ manager: "pulumi-kubernetes", operation: "Update", time: "2026-11-29T09:00:00Z" }],
      }),
      "with another label": live(undefined, undefined, { labels: { "app.kubernetes.io/part-of": "other" } }),
    };
    for (const [name, there] of Object.entries(others)) {
      it(`${name} stays in no state, and is told of`, () => {
        const { findings, kept } = findObject(there);
        assert.deepEqual(
          findings.map(({ kind }) => kind),
          ["pending operations"],
        );
        assert.deepEqual(kept, [
          "the StatefulSet fleet-mysql is there, but is not what this stack was making; pulumi up may refuse it",
        ]);
      });
    }

    it("is none that Pulumi names, that the state knows, or that Helm made", () => {
      const named = { ...metadata, annotations: { "pulumi.com/autonamed": "true" } };
      const pending = (one: object, known: readonly object[] = []) =>
        readState(
          JSON.stringify({
            deployment: { resources: known, pending_operations: [{ type: "creating", resource: one }] },
          }),
        ).begunObjects;
      assert.equal(pending(resource).length, 1);
      assert.deepEqual(pending({ ...resource, inputs: { ...inputs, metadata: named } }), []);
      assert.deepEqual(pending(resource, [resource]), []);
      assert.deepEqual(pending({ ...resource, inputs: { chart: "fleet", name: "fleet" } }), []);
    });
  });

  describe("a run of the CronJob that waits", () => {
    const job = (owner = "fleet-vulnprocessing") =>
      object("Job", "run-1", { ownerReferences: [{ kind: "CronJob", name: owner }] });
    const pod = (pullSecret: string, reason?: string) =>
      object(
        "Pod",
        "run-1-x",
        { ownerReferences: [{ kind: "Job", name: "run-1" }] },
        {
          spec: { imagePullSecrets: [{ name: pullSecret }] },
          status: { containerStatuses: [{ state: reason === undefined ? {} : { waiting: { reason } } }] },
        },
      );
    const gone = `${secret}-99999999`;

    it("with a Secret that is gone is ended", () => {
      for (const reason of ["ErrImagePull", "ImagePullBackOff"]) {
        assert.deepEqual(foundIn(known, [job(), pod(gone, reason)]), [
          "the Job run-1 waits for an image with a Secret that is gone, and holds back the CronJob's next run",
        ]);
      }
    });

    const others: Readonly<Record<string, readonly ClusterObject[]>> = {
      "that works is left alone": [job(), pod(gone)],
      "that is being created is left alone": [job(), pod(gone, "ContainerCreating")],
      "whose Secret is there is left alone": [job(), pod(`${secret}-00000001`, "ImagePullBackOff")],
      "of another CronJob is left alone": [job("other"), pod(gone, "ImagePullBackOff")],
      "without a pod is left alone": [job()],
    };
    for (const [name, workloads] of Object.entries(others)) {
      it(name, () => assert.deepEqual(foundIn(known, workloads), []));
    }
  });
});

describe("make repair", () => {
  it("wants a stack, and YES as 1 or nothing", () => {
    assert.deepEqual(parseRepairRequest({ STACK: "org/production", YES: "1" }), { stack: "org/production", yes: true });
    const told = (variables: Variables) => {
      const request = parseRepairRequest(variables);
      return "stack" in request ? [] : request.map(issueText);
    };
    assert.deepEqual(told({ YES: "yes" }), [
      "STACK is not set; name the stack: make repair STACK=production",
      "YES is yes; set YES=1 to answer the question beforehand, or leave it out",
    ]);
    assert.deepEqual(told({ STACK: "a b" }), [
      'STACK is "a b", which no stack is called; use letters, digits, "-", "_" and ".": make repair STACK=production',
    ]);
  });

  it("reads of the state which cluster it is of, and the release's namespace and time", () => {
    const { clusterUid, release } = readState(exported());
    assert.deepEqual(
      { clusterUid, release },
      { clusterUid: "uid-1", release: { namespace: "fleet", timeoutSeconds: 60 } },
    );
    assert.deepEqual(readState('{"deployment":{}}').pending, []);
  });
});
