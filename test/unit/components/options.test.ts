import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components/fleet-args";
import { bundled, deploy } from "../support/fleet-run";
import { record, type Recorded } from "../support/recording";

const stack: FleetArgs = {
  ...bundled,
  licenseKey: "licence",
  tls: { certificate: "CERT", privateKey: "KEY" },
};

const runWith = async (options: () => Promise<pulumi.ComponentResourceOptions>, args = stack) => {
  const { recording } = await deploy(args, options);
  return recording.resources.filter(({ id }) => id.endsWith(" fleet") || id.includes(" fleet-"));
};

/** The ids for which something holds, components aside. */
const idsOf = (resources: readonly Recorded[], holds: (resource: Recorded) => boolean) =>
  resources
    .filter((resource) => !resource.type.startsWith("fleet:") && holds(resource))
    .map(({ id }) => id)
    .sort();

const all = [
  "Job fleet-pull-check",
  "Namespace fleet",
  "RandomPassword fleet-mysql",
  "RandomPassword fleet-mysql-root",
  "RandomPassword fleet-private-key",
  "RandomPassword fleet-valkey",
  "Release fleet",
  "Secret fleet-license",
  "Secret fleet-mysql",
  "Secret fleet-private-key",
  "Secret fleet-registry-example-com",
  "Secret fleet-tls",
  "Secret fleet-valkey",
  "Service fleet-mysql",
  "Service fleet-valkey",
  "StatefulSet fleet-mysql",
  "StatefulSet fleet-valkey",
];
const isReplaced = (id: string) => /^(Secret|Job) /.test(id);

describe("options of the caller", function () {
  this.timeout(20_000); // for a busy machine

  it("dependsOn: every child waits", async () => {
    const resources = await runWith(async () => {
      const { ConfigMap } = await import("@pulumi/kubernetes/core/v1/configMap");
      return { dependsOn: new ConfigMap("before", {}) };
    });
    assert.deepEqual(
      idsOf(resources, ({ dependencies }) => dependencies.includes("ConfigMap before")),
      all,
    );
  });

  it("dependsOn: every child of a component that is used alone waits, too", async () => {
    const { recording } = await record(async () => {
      const { ConfigMap } = await import("@pulumi/kubernetes/core/v1/configMap");
      const components = await import("../../../components");
      const opts = { dependsOn: [new ConfigMap("before", {})] };
      const { registries, passwords } = bundled;
      new components.ImagePullSecrets("one", { namespace: "fleet", registries, passwords }, opts);
      const images = [{ name: "fleet", image: "fleet:1", command: ["/fleet"] }];
      new components.ImagePullCheck("two", { namespace: "fleet", images, imagePullSecrets: [] }, opts);
    });
    for (const id of ["Secret one-registry-example-com", "Job two"])
      assert.deepEqual(recording.get(id).dependencies, ["ConfigMap before"]);
  });

  it("provider and providers: every child of their package has it", async () => {
    for (const form of ["provider", "providers"] as const) {
      const resources = await runWith(async () => {
        const { Provider } = await import("@pulumi/kubernetes/provider");
        const own = new Provider("own", {});
        return form === "provider" ? { provider: own } : { providers: [own] };
      });
      assert.deepEqual(
        idsOf(resources, ({ provider }) => provider === "kubernetes own"),
        all.filter((id) => !id.startsWith("RandomPassword ")),
      );
    }
  });

  it("protect: on for everything but what a rotation replaces", async () => {
    const withProtect = async (opts: pulumi.ComponentResourceOptions, args?: FleetArgs) =>
      idsOf(await runWith(() => Promise.resolve(opts), args), ({ protect }) => protect);
    const kept = all.filter((id) => !isReplaced(id));
    assert.deepEqual(await withProtect({ protect: true }), kept);
    // Of the two, the argument is about what data would be lost with.
    const withData = kept.filter((id) => !/ fleet-valkey$|^Service /.test(id));
    assert.deepEqual(await withProtect({}), withData);
    assert.deepEqual(await withProtect({ protect: false }), []);
    assert.deepEqual(await withProtect({ protect: false }, { ...stack, protect: true }), withData);
    assert.deepEqual(
      await withProtect({ protect: true }, { ...stack, protect: false }),
      kept.filter((id) => !withData.includes(id)),
    );
  });

  it("protect: off for the pull Secrets and the check where they are used alone, too", async () => {
    const { recording } = await record(async () => {
      const components = await import("../../../components");
      const { registries, passwords } = bundled;
      const opts = { protect: true };
      new components.ImagePullSecrets("one", { namespace: "fleet", registries, passwords }, opts);
      const images = [{ name: "fleet", image: "fleet:1", command: ["/fleet"] }];
      new components.ImagePullCheck("two", { namespace: "fleet", images, imagePullSecrets: [] }, opts);
    });
    for (const id of ["Secret one-registry-example-com", "Job two"]) assert.equal(recording.get(id).protect, false, id);
    for (const id of ["ImagePullSecrets one", "ImagePullCheck two"]) assert.equal(recording.get(id).protect, true, id);
  });

  it("ignoreChanges: none of a child's properties is meant", async () => {
    const resources = await runWith(() => Promise.resolve({ ignoreChanges: ["data", "spec"] }));
    assert.deepEqual(
      idsOf(resources, ({ ignoreChanges }) => ignoreChanges.includes("spec") || ignoreChanges.includes("data")),
      [],
    );
  });
});
