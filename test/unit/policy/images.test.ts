import { strict as assert } from "node:assert";
import type { PlainMap } from "../../../policy/plain";
import { imagesPinned } from "../../../policy/rules/images-pinned";
import { listMistakes, registriesAllowed } from "../../../policy/rules/registries-allowed";
import { release, resource, said, unknown } from "./resources";

const pod = (spec: PlainMap) => resource("kubernetes:core/v1:Pod", "pod", { spec });
const running = (image: string) => pod({ containers: [{ image }] });
const digest = `sha256:${"a".repeat(64)}`;
const fix = "name a tag that stays, such as v4.85.0, or a digest";

describe("policy images-pinned", () => {
  it("takes a tag that stays and a digest", () => {
    for (const image of [
      "mysql:8.4.6",
      "ghcr.io/team/app:v1",
      `app@${digest}`,
      `app:latest@${digest}`,
      "host:5000/a:1",
    ]) {
      assert.deepEqual(said(imagesPinned(running(image))), [], image);
    }
  });

  it("refuses no tag, latest and what is no reference", () => {
    const place = 'spec.containers[0].image of Pod "pod"';
    assert.deepEqual(said(imagesPinned(running("host:5000/app"))), [
      `${place} is "host:5000/app" without a tag; ${fix}`,
    ]);
    assert.deepEqual(said(imagesPinned(running("app:latest"))), [`${place} is "app:latest", whose tag moves; ${fix}`]);
    assert.deepEqual(said(imagesPinned(running("App:v1"))), [
      `${place} is "App:v1", which has an upper-case letter in its repository; ${fix}`,
    ]);
  });

  it("takes the list of moving tags from the configuration", () => {
    assert.deepEqual(said(imagesPinned(running("app:latest"), ["edge"])), []);
    assert.equal(imagesPinned(running("app:edge"), ["edge"]).length, 1);
  });

  it("looks at every container and image volume of every kind of object", () => {
    const template = {
      containers: [{ image: "a" }],
      initContainers: [{ image: "b:v1" }, { image: "c" }],
      ephemeralContainers: [{ image: "d" }],
      volumes: [{ name: "x", image: { reference: "e" } }],
    };
    const paths = (spec: PlainMap, type: string) =>
      imagesPinned(resource(type, "x", { spec })).map(({ message }) => message.split(" ")[0]);
    assert.deepEqual(
      paths({ jobTemplate: { spec: { template: { spec: template } } } }, "kubernetes:batch/v1:CronJob"),
      [
        "spec.jobTemplate.spec.template.spec.containers[0].image",
        "spec.jobTemplate.spec.template.spec.initContainers[1].image",
        "spec.jobTemplate.spec.template.spec.ephemeralContainers[0].image",
        "spec.jobTemplate.spec.template.spec.volumes[0].image.reference",
      ],
    );
    assert.deepEqual(paths({ containers: [{ image: "a" }] }, "docker:index:Other"), []);
  });

  it("takes a tag with a digest in a chart's values, as Fleet's chart has it", () => {
    for (const imageTag of [`v1@${digest}`, `latest@${digest}`]) {
      assert.deepEqual(
        said(imagesPinned(release({ values: { imageRepository: "ghcr.io/team/fleet", imageTag } }))),
        [],
      );
    }
  });

  it("reads the forms that a chart's values have, and leaves the chart its own defaults", () => {
    const values = {
      imageRepository: "ghcr.io/fleetdm/fleet",
      imageTag: "latest",
      sidecar: { image: { registry: "ghcr.io", repository: "team/side", tag: "latest" } },
      proxy: { repository: "ghcr.io/team/proxy" },
      cache: { image: "valkey/valkey", tag: "latest" },
      onlyTag: { imageTag: "latest" },
      byDigest: { repository: "ghcr.io/team/a", tag: "latest", digest },
      number: { repository: "mysql", tag: 8.4 },
      extraContainers: [{ image: "busybox" }],
      git: { repository: "https://example.com/x.git" },
      mirror: { image: "{{ .Values.x }}", tag: "v1" },
      fleet: { extraVolumes: [{ name: "model", image: { reference: "team/model" } }], tls: null },
      resources: null,
    };
    assert.deepEqual(said(imagesPinned(release({ values }))), [
      `values.imageRepository of Release "app" is "ghcr.io/fleetdm/fleet:latest", whose tag moves; ${fix}`,
      `values.sidecar.image.repository of Release "app" is "ghcr.io/team/side:latest", whose tag moves; ${fix}`,
      `values.cache.image of Release "app" is "valkey/valkey:latest", whose tag moves; ${fix}`,
      `values.onlyTag.imageTag of Release "app" is "latest", whose tag moves; ${fix}`,
      `values.extraContainers[0].image of Release "app" is "busybox" without a tag; ${fix}`,
      `values.fleet.extraVolumes[0].image.reference of Release "app" is "team/model" without a tag; ${fix}`,
    ]);
  });

  it("says what a preview does not know", () => {
    assert.deepEqual(said(imagesPinned(release({ values: { imageRepository: "a", imageTag: unknown } }))), [
      '? values.imageRepository of Release "app"',
    ]);
    assert.deepEqual(said(imagesPinned(pod({ containers: [{ image: unknown }] }))), [
      '? spec.containers[0].image of Pod "pod"',
    ]);
  });
});

describe("policy registries-allowed", () => {
  const allowed = (image: string, ...list: string[]) => registriesAllowed(running(image), list).length === 0;

  it("allows any registry without a list", () => {
    assert.ok(allowed("ghcr.io/team/app:v1"));
  });

  it("matches hosts, ports, patterns and whole parts of a path", () => {
    assert.ok(allowed("ghcr.io/team/app:v1", "registry.example.com", "ghcr.io"));
    assert.ok(allowed("ghcr.io/team/app:v1", "ghcr.io/team"));
    assert.ok(allowed("ghcr.io/team/app:v1", "ghcr.io/team/"));
    assert.ok(allowed("ghcr.io/team/app:v1", "https://ghcr.io/team/app"));
    assert.ok(!allowed("ghcr.io/teams/app:v1", "ghcr.io/team"));
    assert.ok(!allowed("ghcr.io:5000/app", "ghcr.io"));
    assert.ok(allowed("eu.example.com/app", "*.example.com"));
    assert.ok(!allowed("a.eu.example.com/app", "*.example.com"));
    assert.ok(!allowed("ghcr.io.example.com/app", "ghcr.io"));
  });

  it("knows Docker Hub under its short names", () => {
    assert.ok(allowed("mysql:8.4.6", "docker.io"));
    assert.ok(allowed("mysql:8.4.6", "docker.io/library"));
    assert.ok(!allowed("fleetdm/fleet:v1", "docker.io/library"));
    assert.ok(!allowed("mysql:8.4.6", "ghcr.io"));
  });

  it("names the image, its registry and what is allowed", () => {
    const values = { imageRepository: "fleetdm/fleet", imageTag: "v1", proxy: { repository: "ghcr.io/team/proxy" } };
    const sentence = (path: string, image: string, registry: string) =>
      `${path} of Release "app" is "${image}" from ${registry}, which is not allowed; take it from "a.example.com" or "b.example.com", or add its registry to the setting "registries" of this policy`;
    assert.deepEqual(said(registriesAllowed(release({ values }), ["a.example.com", "b.example.com"])), [
      sentence("values.imageRepository", "fleetdm/fleet", "docker.io"),
      sentence("values.proxy.repository", "ghcr.io/team/proxy", "ghcr.io"),
    ]);
  });

  it("sees a registry that stands alone, and one beside an image in any of its forms", () => {
    const values = {
      global: { imageRegistry: "mirror.example.com:5000" },
      image: { registry: "quay.io", pullPolicy: "Always" },
      sidecar: { registry: "quay.io", repository: "", tag: "v1" },
      proxy: { image: "team/proxy", registry: "quay.io" },
      imageRegistry: "quay.io",
      imageRepository: "team/app",
      both: { imageRegistry: "gcr.io", registry: "quay.io", repository: "team/both" },
    };
    const fix = 'take it from "ghcr.io", or add its registry to the setting "registries" of this policy';
    const alone = (path: string, registry: string) =>
      `${path} of Release "app" is the registry "${registry}", of which not every image is allowed; take "ghcr.io", or add it to the setting "registries" of this policy`;
    assert.deepEqual(said(registriesAllowed(release({ values }), ["ghcr.io"])), [
      `values.imageRepository of Release "app" is "quay.io/team/app" from quay.io, which is not allowed; ${fix}`,
      alone("values.global.imageRegistry", "mirror.example.com:5000"),
      alone("values.image.registry", "quay.io"),
      alone("values.sidecar.registry", "quay.io"),
      `values.proxy.image of Release "app" is "quay.io/team/proxy" from quay.io, which is not allowed; ${fix}`,
      `values.both.repository of Release "app" is "quay.io/team/both" from quay.io, which is not allowed; ${fix}`,
      alone("values.both.imageRegistry", "gcr.io"),
    ]);
    assert.deepEqual(said(imagesPinned(release({ values: { global: values.global, image: values.image } }))), []);
  });

  it("allows a registry that stands alone where every image of it is allowed", () => {
    const alone = (registry: string, ...list: string[]) =>
      registriesAllowed(release({ values: { image: { registry } } }), list).length === 0;
    assert.ok(alone("ghcr.io", "ghcr.io"));
    assert.ok(alone("eu.example.com", "*.example.com"));
    assert.ok(alone("ghcr.io/team", "ghcr.io/team"));
    assert.ok(alone("index.docker.io", "docker.io"));
    assert.ok(!alone("docker.io", "docker.io/library"));
    assert.ok(!alone("ghcr.io", "ghcr.io/team"));
    assert.ok(!alone("ghcr.io/teams", "ghcr.io/team"));
    assert.ok(alone("", "ghcr.io"));
    assert.ok(alone("{{ .Values.x }}", "ghcr.io"));
  });

  it("says what a preview does not know", () => {
    const values = { imageRepository: unknown, global: { imageRegistry: unknown } };
    assert.deepEqual(said(registriesAllowed(release({ values }), ["ghcr.io"])), [
      '? values.imageRepository of Release "app"',
      '? values.global.imageRegistry of Release "app"',
    ]);
  });

  it("finds an entry that could allow nothing", () => {
    assert.deepEqual(said(listMistakes(["ghcr.io", "a b"])), [
      "registries[1] of the policy registries-allowed contains white space; remove it",
    ]);
  });
});
