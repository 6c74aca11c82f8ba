import { strict as assert } from "node:assert";
import { runKubectl } from "../../local/session";
import { session } from "../support/session";
import { succeeded, TestStack } from "../support/test-stack";

const kinds = ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"];
const apiVersion = "admissionregistration.k8s.io/v1";

/** What GKE Autopilot does with less than its minimum. */
async function raiseRequests(namespace: string): Promise<void> {
  const expression =
    '[JSONPatch{op: "replace", path: "/spec/template/spec/containers/0/resources/requests/cpu", value: "50m"}]';
  const policy = {
    reinvocationPolicy: "Never",
    failurePolicy: "Fail",
    matchConstraints: {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      resourceRules: [{ apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs"], operations: ["CREATE"] }],
    },
    matchConditions: [
      { name: "check", expression: "object.metadata.?labels['app.kubernetes.io/component'].hasValue()" },
    ],
    mutations: [{ patchType: "JSONPatch", jsonPatch: { expression } }],
  };
  const items = [
    { apiVersion, kind: "MutatingAdmissionPolicy", metadata: { name: namespace }, spec: policy },
    {
      apiVersion,
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name: namespace },
      spec: { policyName: namespace },
    },
  ];
  await runKubectl(session(), ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

interface Job {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}
interface Container {
  readonly resources: { readonly requests: Readonly<Record<string, string>> };
}

describe("a cluster that gives the pull check more than it asks for", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("admission", "good");
    await raiseRequests(stack.namespace);
  });
  after(async () => {
    for (const kind of kinds) await runKubectl(session(), ["delete", kind, stack.namespace, "--ignore-not-found"]);
    await stack.remove();
  });

  it("previews as unchanged, with a refresh too", async () => {
    await stack.deploy();
    const [check] = await stack.objects<Job>("jobs", "--selector=app.kubernetes.io/component=image-pull-check");
    assert.equal(check?.spec.template.spec.containers[0]?.resources.requests.cpu, "50m");
    succeeded(await stack.preview("--expect-no-changes"));
    succeeded(await stack.preview("--expect-no-changes", "--refresh"));
  });

  it("checks anew what there is to check", async () => {
    const { server } = session().cluster.registry;
    const image = { image: `${server}/fleetdm/fleet:v4.85.0`, command: ["/usr/bin/fleet", "version"] };
    stack.edit((config) => (config["fleet:pullCheckImages"] = [image]));
    await stack.rotate();
    await stack.deploy();
    succeeded(await stack.preview("--expect-no-changes"));
  });
});
