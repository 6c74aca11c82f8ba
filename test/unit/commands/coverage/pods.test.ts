import assert from "node:assert/strict";
import { podsIn, podTemplatesIn, serviceAccountsIn } from "../../../../commands/coverage";

const container = (name: string, image?: string) => ({ name, ...(image !== undefined && { image }) });
const object = (kind: string, name: string, rest: Record<string, unknown>) => ({ kind, metadata: { name }, ...rest });
const template = (image: string) => ({ template: { spec: { containers: [container("main", image)] } } });

/** Each image as `workload container role image`. */
const imagesOf = (...manifests: unknown[]) =>
  podsIn(manifests, "fleet").flatMap(({ workload, images }) =>
    images.map(({ container, role, image }) => `${workload} ${container} ${role} ${image}`),
  );

describe("podsIn", () => {
  for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"]) {
    it(`finds the pods of a ${kind}`, () => {
      assert.deepEqual(imagesOf(object(kind, "x", { spec: template("a:1") })), [`${kind}/x main container a:1`]);
    });
  }

  it("finds those of a CronJob, a bare Pod and a PodTemplate", () => {
    assert.deepEqual(
      imagesOf(
        object("CronJob", "x", { spec: { jobTemplate: { spec: template("a:1") } } }),
        object("Pod", "y", { spec: { containers: [container("main", "b:1")] } }),
        object("PodTemplate", "z", template("c:1")),
      ),
      ["CronJob/x main container a:1", "Pod/y main container b:1", "PodTemplate/z main container c:1"],
    );
  });

  it("tells init containers, sidecars and image volumes from containers, in the order in which they are pulled", () => {
    const spec = {
      initContainers: [container("wait", "wait:1"), { ...container("proxy", "proxy:1"), restartPolicy: "Always" }],
      containers: [container("main", "main:1"), { ...container("log", "log:1"), restartPolicy: "Never" }],
      ephemeralContainers: [container("debug", "debug:1")],
      volumes: [
        { name: "model", image: { reference: "model:1", pullPolicy: "Always" } },
        { name: "tmp", emptyDir: {} },
      ],
    };
    assert.deepEqual(imagesOf(object("Pod", "x", { spec })), [
      "Pod/x wait init container wait:1",
      "Pod/x proxy sidecar proxy:1",
      "Pod/x main container main:1",
      "Pod/x log container log:1",
      "Pod/x model image volume model:1",
    ]);
  });

  it("finds each pod of a List, of a typed list and of a list in a list", () => {
    const pod = (name: string) => object("Pod", name, { spec: { containers: [container("main", `${name}:1`)] } });
    const { kind, ...untyped } = pod("d");
    assert.equal(kind, "Pod");
    assert.deepEqual(
      imagesOf(
        { kind: "List", items: [pod("a"), { kind: "List", items: [pod("b")] }, null] },
        { kind: "PodList", items: [pod("c"), untyped] },
      ),
      ["a", "b", "c", "d"].map((name) => `Pod/${name} main container ${name}:1`),
    );
  });

  it("finds the pods in a custom resource, at any depth and under any name, and says where where there are several", () => {
    const resource = object("Database", "main", {
      spec: {
        podSpec: { containers: [container("db", "db:1")] },
        backups: [{ podTemplate: { spec: { containers: [container("dump", "dump:1"), container("inherited")] } } }],
        notPods: { containers: "many", initContainers: [], more: { containers: ["a:1"] } },
      },
    });
    assert.deepEqual(imagesOf(resource), [
      "Database/main (spec.podSpec) db container db:1",
      "Database/main (spec.backups.0.podTemplate.spec) dump container dump:1",
    ]);
  });

  it("finds a pod inside another's spec", () => {
    const inner = { spec: { containers: [container("inner", "inner:1")] } };
    const spec = { containers: [container("outer", "outer:1")], extra: { podTemplate: inner } };
    assert.deepEqual(imagesOf(object("Odd", "x", { spec })), [
      "Odd/x (spec) outer container outer:1",
      "Odd/x (spec.extra.podTemplate.spec) inner container inner:1",
    ]);
  });

  it("reads namespace, ServiceAccount and pull Secrets, each Secret once", () => {
    const spec = { containers: [container("main", "a:1")] };
    const [byDefault, own, older] = podsIn(
      [
        object("Pod", "a", { spec }),
        {
          kind: "Pod",
          metadata: { name: "b", namespace: "other" },
          spec: {
            ...spec,
            serviceAccountName: "builder",
            imagePullSecrets: [{ name: "one" }, { name: "two" }, { name: "one" }, { name: "" }, {}, null],
          },
        },
        object("Pod", "c", { spec: { ...spec, serviceAccount: "old-name" } }),
      ],
      "fleet",
    );
    const images = [{ container: "main", role: "container", image: "a:1" }];
    const common = { serviceAccount: "default", imagePullSecrets: [], images };
    assert.deepEqual(byDefault, { ...common, workload: "Pod/a", namespace: "fleet" });
    assert.deepEqual(own, {
      workload: "Pod/b",
      namespace: "other",
      serviceAccount: "builder",
      imagePullSecrets: ["one", "two"],
      images,
    });
    assert.equal(older?.serviceAccount, "old-name");
  });

  it("takes lists and maps that a chart left empty", () => {
    const [pod] = podsIn(
      [
        object("Deployment", "x", {
          metadata: { name: "x", annotations: null, labels: null },
          spec: {
            template: {
              metadata: { annotations: null },
              spec: {
                initContainers: null,
                containers: [{ ...container("main", "a:1"), volumeMounts: null, env: null }],
                volumes: null,
                imagePullSecrets: null,
                nodeSelector: null,
              },
            },
          },
        }),
      ],
      "fleet",
    );
    assert.deepEqual(pod, {
      workload: "Deployment/x",
      namespace: "fleet",
      serviceAccount: "default",
      imagePullSecrets: [],
      images: [{ container: "main", role: "container", image: "a:1" }],
    });
    const spec = {
      initContainers: [null],
      containers: [container("main", "a:1")],
      volumes: [null, { name: "tmp", emptyDir: null }],
    };
    assert.deepEqual(imagesOf(object("Pod", "x", { spec })), ["Pod/x main container a:1"]);
    assert.deepEqual(
      serviceAccountsIn([{ kind: "ServiceAccount", metadata: { name: "a" }, imagePullSecrets: null }], "n"),
      [{ namespace: "n", name: "a", imagePullSecrets: [] }],
    );
  });

  it("finds nothing in what has no pods, and fails on nothing", () => {
    const manifests = [null, "text", 1, [], {}, { kind: "List" }, { kind: "ConfigMap", data: { containers: "a:1" } }];
    assert.deepEqual(podsIn(manifests, "fleet"), []);
    const odd = { initContainers: {}, containers: [container("main", "a:1")], volumes: "none", imagePullSecrets: 1 };
    assert.deepEqual(imagesOf({ spec: odd }), ["Object/? main container a:1"]);
  });
});

describe("podTemplatesIn", () => {
  it("gives a template's own annotations, and its spec as it is", () => {
    const spec = { containers: [container("main", "a:1")], nodeName: "n" };
    const metadata = { name: "x", annotations: { of: "the Deployment" } };
    const inner = { metadata: { annotations: { of: "the pods" } }, spec };
    assert.deepEqual(podTemplatesIn([{ kind: "Deployment", metadata, spec: { template: inner } }]), [
      { workload: "Deployment/x", annotations: { of: "the pods" }, spec },
    ]);
  });
});

describe("serviceAccountsIn", () => {
  it("reads their pull Secrets", () => {
    const manifests = [
      { kind: "ServiceAccount", metadata: { name: "a" } },
      {
        kind: "List",
        items: [
          {
            kind: "ServiceAccount",
            metadata: { name: "b", namespace: "other" },
            imagePullSecrets: [{ name: "one" }],
          },
        ],
      },
      { kind: "Role", metadata: { name: "c" } },
    ];
    assert.deepEqual(serviceAccountsIn(manifests, "fleet"), [
      { namespace: "fleet", name: "a", imagePullSecrets: [] },
      { namespace: "other", name: "b", imagePullSecrets: ["one"] },
    ]);
  });
});
