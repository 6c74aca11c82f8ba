import assert from "node:assert/strict";
import { pulledImages } from "../../../components/images";
import { testMessages, type MessageCase } from "../support/message-cases";

const own = { imageRepository: "ghcr.io/team/fleet", imageTag: "v1" };
const database = { address: "db:1", password: "x" };
const external = { ...own, database, cache: { address: "cache:1" } };
const fleet = ["fleet", "ghcr.io/team/fleet:v1", "/usr/bin/fleet version"];

const described = (args: Parameters<typeof pulledImages>[0]) =>
  pulledImages(args).map(({ name, image, command }) => [name, image, command.join(" ")]);

describe("the images that a stack pulls", () => {
  it("are Fleet's and those of the datastores made here", () => {
    assert.deepEqual(described({ ...own, mysqlImage: "ghcr.io/team/mysql:8" }), [
      fleet,
      ["mysql", "ghcr.io/team/mysql:8", "mysqld --version"],
      ["valkey", "valkey/valkey:8.1.4", "valkey-server --version"],
    ]);
    assert.deepEqual(described(external), [fleet]);
  });

  it("are the Cloud SQL proxy's, where the chart adds it", () => {
    const proxy = (cloudSQL: unknown) => described({ ...external, values: { gke: { cloudSQL } } }).slice(1);
    for (const none of [{ enableProxy: false, imageTag: "2" }, {}, null, "none"]) assert.deepEqual(proxy(none), []);
    for (const gke of [null, "none"]) assert.deepEqual(described({ ...external, values: { gke } }), [fleet]);
    assert.deepEqual(proxy({ enableProxy: true }), [
      ["cloudsql-proxy", "gcr.io/cloudsql-docker/gce-proxy:1.17-alpine", "/cloud_sql_proxy -version"],
    ]);
    assert.deepEqual(
      proxy({ enableProxy: true, imageRepository: "ghcr.io/team/proxy", imageTag: "2" }).map(([, image]) => image),
      ["ghcr.io/team/proxy:2"],
    );
  });

  it("are those that a stack names, in containers of different names", () => {
    const images = ["ghcr.io/team/Log_Shipper.x:1", "other.example.com:5000/fleet@sha256:00", "a/fleet", "-"];
    const pullCheckImages = images.map((image) => ({ image, command: ["/x", "--version"] }));
    assert.deepEqual(
      described({ ...external, pullCheckImages }).map(([name]) => name),
      ["fleet", "log-shipper-x", "fleet-2", "fleet-3", "image"],
    );
    const [, last] = described({ ...external, pullCheckImages: [{ image: `a/${"x".repeat(99)}`, command: ["/x"] }] });
    assert.equal(last?.[0]?.length, 55);
  });
});

const form = "write it as {image: registry.example.com/team/proxy:v1, command: [/proxy, --version]}";
const item = (i: number) => `fleet:pullCheckImages[${i}]`;
/** The proxy needs it. */
const privileged = { podSecurity: "privileged" };

const cases: readonly MessageCase[] = [
  [
    "images for the check that are none",
    {
      pullCheckImages: ["a/b:1", { image: "a/b:1" }, { image: "a/b:1", command: [] }, { image: "A:1", command: ["x"] }],
    },
    [
      ...[0, 1, 2].map((i) => `${item(i)} is not an image and a command; ${form}`),
      `${item(3)}.image has an upper-case letter in its repository; write the repository in lower case`,
    ],
  ],
  [
    "an image for the check with another key",
    { pullCheckImages: [{ image: "a/b:1", commands: ["x"], command: ["x"] }] },
    [`${item(0)}.commands is not a key of this program; did you mean ${item(0)}.command?`],
  ],
  [
    "a proxy whose image is none",
    { ...privileged, values: { gke: { cloudSQL: { enableProxy: true, imageRepository: "https://gcr.io/proxy" } } } },
    ["fleet:values.gke.cloudSQL begins with a scheme; write it without one: registry/repository:tag"],
  ],
  [
    "a proxy without a tag",
    { ...privileged, values: { gke: { cloudSQL: { enableProxy: true, imageTag: null } } } },
    ["fleet:values.gke.cloudSQL is not an image reference; write it as registry/repository:tag"],
  ],
];

describe("images in the configuration", () => testMessages(cases));
