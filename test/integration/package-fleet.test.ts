import { strict as assert } from "node:assert";
import * as path from "node:path";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { kubectl, runKubectl } from "../../local/session";
import type { Stack } from "../../local/stack";
import { checkout } from "../../local/support/paths";
import { chart } from "../support/chart";
import type { KubernetesObject } from "../support/objects";
import { session } from "../support/session";
import { succeeded } from "../support/test-stack";
import { yamlStack } from "../support/yaml-program";

const namespace = "test-yaml-fleet";
const username = "puller-yaml-fleet";

interface Workload extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: { readonly imagePullSecrets: readonly { name: string }[] } } };
}

describe("Fleet in a YAML program", function () {
  this.timeout("5m");
  let stack: Stack;

  const pullSecrets = async () => {
    const { pullSecrets } = (await stack.outputs()) as { pullSecrets: Record<string, string> };
    return Object.values(pullSecrets);
  };
  const namedByWorkloads = async () => {
    const args = ["get", "deployments,statefulsets", "--namespace", namespace];
    const { items } = await kubectl<{ items: Workload[] }>(session(), args);
    return [...new Set(items.flatMap(({ spec }) => spec.template.spec.imagePullSecrets.map(({ name }) => name)))];
  };

  before(async () => {
    const { server } = session().cluster.registry;
    await setRegistryUser(username, "marker-first");
    const properties = {
      namespace,
      chart: path.resolve(checkout, await chart()),
      imageRepository: `${server}/fleetdm/fleet`,
      imageTag: "v4.85.0",
      mysqlImage: `${server}/library/mysql:8.4.6`,
      valkeyImage: `${server}/valkey/valkey:8.1.4`,
      registries: { [server]: { username } },
      passwords: { [server]: "${registryPassword}" },
      replicas: 1,
      protect: false,
      releaseTimeoutSeconds: 60,
    };
    const program = {
      resources: { fleet: { type: "fleet:index:Fleet", properties } },
      outputs: { pullSecrets: "${fleet.pullSecretNames}", url: "${fleet.url}" },
    };
    stack = await yamlStack("yaml-fleet", program, "marker-first");
  });
  after(async () => {
    await runKubectl(session(), ["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
    await removeRegistryUser(username);
  });

  it("is deployed, and has nothing to do then", async () => {
    assert.doesNotMatch(succeeded(await stack.up()), /marker/);
    assert.deepEqual(await namedByWorkloads(), await pullSecrets());
    succeeded(await stack.preview("--expect-no-changes"));
  });

  it("rotates", async () => {
    const before = await pullSecrets();
    await setRegistryUser(username, "marker-second");
    await stack.set("registryPassword", "marker-second", true);
    assert.doesNotMatch(succeeded(await stack.preview("--diff")), /marker/);
    succeeded(await stack.up());
    assert.notDeepEqual(await pullSecrets(), before);
    assert.deepEqual(await namedByWorkloads(), await pullSecrets());
  });

  it("is taken away", async () => {
    succeeded(await stack.destroy());
  });
});
