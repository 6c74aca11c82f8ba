import { strict as assert } from "node:assert";
import { runKubectl } from "../../local/session";
import { livingPods } from "../support/objects";
import { needsRealNode, session } from "../support/session";
import { failed, TestStack } from "../support/test-stack";

const optOut = "mesh.example.com/inject";

/** A mesh in the eyes of a pod: the API server itself adds a container that never ends, unless an annotation says no. */
async function startMesh(namespace: string, kind: "container" | "native sidecar"): Promise<void> {
  const name = namespace;
  const sidecar = `name: "mesh-proxy", image: "localhost/pause:1", imagePullPolicy: "IfNotPresent"`;
  const expression =
    kind === "container"
      ? `Object{spec: Object.spec{containers: [Object.spec.containers{${sidecar}}]}}`
      : `Object{spec: Object.spec{initContainers: [Object.spec.initContainers{${sidecar}, restartPolicy: "Always"}]}}`;
  const apiVersion = "admissionregistration.k8s.io/v1";
  const items = [
    {
      apiVersion,
      kind: "MutatingAdmissionPolicy",
      metadata: { name },
      spec: {
        reinvocationPolicy: "Never",
        failurePolicy: "Fail",
        matchConstraints: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] }],
        },
        matchConditions: [
          {
            name: "not-opted-out",
            expression: `!has(object.metadata.annotations) || !('${optOut}' in object.metadata.annotations)`,
          },
        ],
        mutations: [{ patchType: "ApplyConfiguration", applyConfiguration: { expression } }],
      },
    },
    { apiVersion, kind: "MutatingAdmissionPolicyBinding", metadata: { name }, spec: { policyName: name } },
  ];
  await runKubectl(session(), ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

async function endMesh(name: string): Promise<void> {
  const kinds = ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"];
  for (const kind of kinds) await runKubectl(session(), ["delete", kind, name, "--ignore-not-found"]);
}

describe("a sidecar that something injects", function () {
  this.timeout("4m");
  let stack: TestStack;

  before(async function () {
    needsRealNode(this, "tests of the pull check's end");
    stack = await TestStack.create("sidecars", "good", {
      "fleet:pullCheckDeadlineSeconds": 12,
      "fleet:podSecurity": "baseline", // what a mesh injects is seldom restricted
    });
  });
  afterEach(() => endMesh(stack.namespace));
  after(() => stack.remove());

  it("holds the check until its deadline, and the images that were pulled are named", async () => {
    await startMesh(stack.namespace, "container");
    const output = failed(await stack.up());
    // Plugins before 4.28 begin it with a capital.
    assert.match(output, /[Cc]ontainer "fleet" completed with exit code 0[^]*\[DeadlineExceeded\]/);
    assert.doesNotMatch(output, /ErrImagePull/);
  });

  it("does not where Fleet's pods are kept out of it, since the check has their annotations", async () => {
    await startMesh(stack.namespace, "container");
    stack.edit((config) => (config["fleet:values"] = { podAnnotations: { [optOut]: "false" } }));
    await stack.deploy();
    const [pod] = await livingPods(stack, "--selector=app=fleet");
    assert.deepEqual(
      pod?.spec.containers.map(({ name }) => name),
      ["fleet"],
    );
  });

  it("does not where it is one in the sense of Kubernetes", async () => {
    await startMesh(stack.namespace, "native sidecar");
    stack.edit((config) => delete config["fleet:values"]);
    await stack.rotate();
    await stack.deploy();
  });
});
