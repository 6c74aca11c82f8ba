import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ImagePullCheckArgs } from "../../../components/image-pull-check";
import { changed, record } from "../support/recording";

const args: ImagePullCheckArgs = {
  namespace: "fleet",
  images: [
    { name: "fleet", image: "ghcr.io/team/fleet:v1", command: ["/usr/bin/fleet", "version"] },
    { name: "mysql", image: "mysql:8", command: ["mysqld", "--version"] },
  ],
  imagePullSecrets: [{ name: "one" }, { name: "two" }],
};

const make = (more: Partial<ImagePullCheckArgs> = {}) =>
  record(async () => {
    const { ImagePullCheck } = await import("../../../components/image-pull-check");
    return new ImagePullCheck("check", { ...args, ...more });
  });

const container = {
  imagePullPolicy: "Always",
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 3333,
    runAsGroup: 3333,
  },
  resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
};

const withoutSidecars = {
  "sidecar.istio.io/inject": "false",
  "linkerd.io/inject": "disabled",
  "consul.hashicorp.com/connect-inject": "false",
};

const job = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    namespace: "fleet",
    labels: { "app.kubernetes.io/part-of": "fleet", "app.kubernetes.io/component": "image-pull-check" },
    annotations: { "pulumi.com/replaceUnready": "true" },
    ownerReferences: [] as unknown[],
  },
  spec: {
    backoffLimit: 0,
    activeDeadlineSeconds: 180,
    template: {
      metadata: { labels: { "app.kubernetes.io/component": "image-pull-check" }, annotations: withoutSidecars },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { seccompProfile: { type: "RuntimeDefault" } },
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 5,
        imagePullSecrets: [{ name: "one" }, { name: "two" }],
        containers: [
          { name: "fleet", image: "ghcr.io/team/fleet:v1", command: ["/usr/bin/fleet", "version"], ...container },
          { name: "mysql", image: "mysql:8", command: ["mysqld", "--version"], ...container },
        ],
      },
    },
  },
};

describe("ImagePullCheck", function () {
  this.timeout(20_000); // for a busy machine
  it("is one Job that pulls every image once", async () => {
    const { recording } = await make();
    assert.deepEqual(recording.tree(), ["fleet:index:ImagePullCheck check", "  kubernetes:batch/v1:Job check"]);
    assert.deepEqual(recording.get("ImagePullCheck check").inputs, {});
    assert.deepEqual(recording.get("Job check").inputs, job);
    assert.equal(recording.get("Job check").createTimeout, "240s");
    assert.deepEqual(Object.keys(recording.outputs["ImagePullCheck check"] ?? {}), ["job"]);
  });

  it("runs where Fleet runs, and as long as it may", async () => {
    const placement = {
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "fleet", operator: "Exists" }],
      affinity: { podAntiAffinity: {} },
    };
    const { recording } = await make({ pods: placement, deadlineSeconds: 30 });
    const { template } = job.spec;
    assert.deepEqual(recording.get("Job check").inputs, {
      ...job,
      spec: {
        ...job.spec,
        activeDeadlineSeconds: 30,
        template: { ...template, spec: { ...template.spec, ...placement } },
      },
    });
    assert.equal(recording.get("Job check").createTimeout, "90s");
  });

  it("is admitted as Fleet's pods are: their annotations, over them its own, and their user", async () => {
    const pods = {
      annotations: { team: pulumi.output("it"), "linkerd.io/inject": "enabled", "example.com/scan": "yes" },
      user: { runAsNonRoot: true, runAsUser: 7 },
    };
    const annotations = { "example.com/scan": "no" };
    const mysql = { name: "mysql", image: "mysql:8", command: ["mysqld"], user: { runAsNonRoot: true } };
    const { recording } = await make({ pods, annotations, images: [...args.images.slice(0, 1), mysql] });
    const { template } = (recording.get("Job check").inputs as typeof job).spec;
    assert.deepEqual(template.metadata.annotations, {
      ...withoutSidecars,
      team: "it",
      "linkerd.io/inject": "enabled",
      "example.com/scan": "no",
    });
    const { runAsUser, runAsGroup, ...others } = container.securityContext;
    assert.ok(runAsUser === runAsGroup);
    assert.deepEqual(
      template.spec.containers.map(({ securityContext }) => securityContext),
      [{ ...others, runAsUser: 7 }, others],
    );
    assert.deepEqual(template.spec.securityContext, job.spec.template.spec.securityContext);
  });

  it("belongs to the Secrets made with it, and waits for them", async () => {
    const { recording } = await record(async () => {
      const { ImagePullCheck } = await import("../../../components/image-pull-check");
      const { Secret } = await import("@pulumi/kubernetes/core/v1/secret");
      const owners = ["one", "two"]
        .map((name) => new Secret(name, { metadata: { name, uid: `uid-of-${name}` } }))
        .map(({ metadata: { name, uid } }) => ({ name, uid }));
      return new ImagePullCheck("check", { ...args, owners });
    });
    const { inputs, dependencies } = recording.get("Job check");
    assert.deepEqual((inputs.metadata as typeof job.metadata).ownerReferences, [
      { apiVersion: "v1", kind: "Secret", name: "one", uid: "uid-of-one" },
      { apiVersion: "v1", kind: "Secret", name: "two", uid: "uid-of-two" },
    ]);
    assert.deepEqual(dependencies, ["Secret one", "Secret two"]);
  });

  it("changes with the revision of a Secret made elsewhere, in the order of their names", async () => {
    const withRevisions = async (revisions: Record<string, string>) =>
      (await make({ revisions: pulumi.output(revisions) })).recording;
    const none = await withRevisions({});
    const before = await withRevisions({ b: "2", a: "1" });
    const same = await withRevisions({ a: "1", b: "2" });
    const after = await withRevisions({ a: "1", b: "3" });
    assert.deepEqual(none.get("Job check").inputs, job);
    const { spec } = before.get("Job check").inputs as typeof job;
    assert.deepEqual(spec.template.metadata.annotations, {
      ...withoutSidecars,
      "image-pull-secrets/revisions": "a=1,b=2",
    });
    assert.deepEqual(changed(before, same), []);
    assert.deepEqual(changed(before, after), ["Job check"]);
  });

  it("is a Job for each of several nodes, whose pod goes nowhere unless all before it live elsewhere", async () => {
    const own = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "fleet" } } };
    const terms = (...list: object[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: list });
    const pods = { affinity: { podAntiAffinity: terms(own), nodeAffinity: {} } } as ImagePullCheckArgs["pods"];
    const { recording } = await make({ nodes: 3, pods });
    assert.deepEqual(
      recording.tree().map((line) => line.trim()),
      [
        "fleet:index:ImagePullCheck check",
        ...["", "-2", "-3"].map((suffix) => `kubernetes:batch/v1:Job check${suffix}`),
      ],
    );
    const specs = ["", "-2", "-3"].map(
      (suffix) =>
        recording.get(`Job check${suffix}`).inputs.spec as (typeof job)["spec"] & { template: { spec: object } },
    );
    const labels = specs.map(({ template }) => template.metadata.labels as Record<string, string>);
    const generation = labels[0]?.["image-pull-check/generation"] ?? "";
    assert.match(generation, /^[0-9a-f]{16}$/);
    assert.deepEqual(
      labels,
      [0, 1, 2].map((place) => ({
        "app.kubernetes.io/component": "image-pull-check",
        "image-pull-check/generation": generation,
        "image-pull-check/place": String(place),
      })),
    );
    const pod = (topologyKey: string, place: object) => ({
      topologyKey,
      labelSelector: { matchLabels: { "image-pull-check/generation": generation, ...place } },
    });
    const before = (...places: string[]) => ({
      podAffinity: terms(...places.map((place) => pod("kubernetes.io/os", { "image-pull-check/place": place }))),
    });
    const elsewhere = { podAntiAffinity: terms(own, pod("kubernetes.io/hostname", {})), nodeAffinity: {} };
    const sleeping = { lifecycle: { postStart: { sleep: { seconds: 15 } } } };
    const [fleet, mysql] = job.spec.template.spec.containers;
    assert.deepEqual(
      specs.map(({ template: { spec } }) => spec),
      [{ ...elsewhere }, { ...elsewhere, ...before("0") }, { ...elsewhere, ...before("0", "1") }].map(
        (affinity, i) => ({
          ...job.spec.template.spec,
          affinity,
          terminationGracePeriodSeconds: i < 2 ? 15 : 5,
          containers: [fleet, { ...mysql, ...(i < 2 && sleeping) }],
        }),
      ),
    );
  });

  it("is told from one of other pull Secrets by a label", async () => {
    const labelOf = async (name: string) => {
      const { recording } = await make({ nodes: 2, imagePullSecrets: [{ name }] });
      const { template } = recording.get("Job check-2").inputs.spec as (typeof job)["spec"];
      return (template.metadata.labels as Record<string, string>)["image-pull-check/generation"];
    };
    assert.equal(await labelOf("one"), await labelOf("one"));
    assert.notEqual(await labelOf("one"), await labelOf("two"));
  });
});
