import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { runKubectl } from "../../local/session";
import { checkout } from "../../local/support/paths";
import { session } from "../support/session";
import { eventually } from "../support/eventually";
import { assertFleetAnswers } from "../support/objects";
import { failed, succeeded, TestStack } from "../support/test-stack";

/** deploy/ci-account.yaml for another namespace, whose cluster-wide objects nobody else has. */
function manifest(namespace: string): string {
  const documents = yaml.parseAllDocuments(fs.readFileSync(path.join(checkout, "deploy", "ci-account.yaml"), "utf8"));
  const objects = documents.map((document) => document.toJS() as { kind: string; metadata: Record<string, string> });
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  return text
    .replaceAll('"namespace":"fleet"', `"namespace":"${namespace}"`)
    .replaceAll('{"name":"fleet"', `{"name":"${namespace}"`)
    .replaceAll('{"name":"fleet:', `{"name":"${namespace}:`)
    .replaceAll('"read-cluster-uid"', `"${namespace}-read-cluster-uid"`);
}

interface Job {
  readonly status: { readonly succeeded?: number };
}

/** Pods that are as much as root on their node, or the first step to it: the pod's own part, and its container's. */
const dangerous: Readonly<Record<string, readonly [pod: object, container: object]>> = {
  privileged: [{}, { securityContext: { privileged: true } }],
  "node-folders": [{ volumes: [{ name: "node", hostPath: { path: "/" } }] }, {}],
  "node-processes": [{ hostPID: true }, {}],
  root: [{ securityContext: { runAsUser: 0 } }, { securityContext: { allowPrivilegeEscalation: false } }],
};

describe("the account of deploy/ci-account.yaml", function () {
  this.timeout("5m"); // for a busy machine
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("ci-account", "first password", { "fleet:createNamespace": false });
    await runKubectl(session(), ["apply", "-f", "-"], manifest(stack.namespace));
    const { stdout } = await stack.kubectl(["create", "token", "fleet-deployer", "--duration=1h"]);
    const kubeconfig = yaml.parse(fs.readFileSync(session().cluster.kubeconfig, "utf8")) as {
      users: { user: { token: string } }[];
    };
    for (const { user } of kubeconfig.users) user.token = stdout.trim();
    const file = path.join(path.dirname(stack.configFile), "kubeconfig");
    fs.writeFileSync(file, yaml.stringify(kubeconfig), { mode: 0o600 });
    stack.edit((config) => (config["kubernetes:kubeconfig"] = file));
  });
  after(async () => {
    await stack.remove();
    await runKubectl(session(), ["delete", "--ignore-not-found", "-f", "-"], manifest(stack.namespace));
  });

  it("is enough for a deploy and an empty preview", async () => {
    assert.notDeepEqual(await stack.plan(), []);
    await stack.deploy();
    await assertFleetAnswers(stack);
    assert.deepEqual(await stack.plan("--refresh"), []);
  });

  it("has a namespace that takes every pod of the program and of the chart, the CronJob's too", async () => {
    succeeded(await stack.kubectl(["create", "job", "a-run", "--from=cronjob/fleet-vulnprocessing", account()]));
    await eventually(async () => {
      const [run] = await stack.objects<Job>("jobs", "--field-selector=metadata.name=a-run");
      assert.equal(run?.status.succeeded, 1);
    });
    assert.deepEqual(await refusedPods(), []);
  });

  for (const [name, [pod, container]] of Object.entries(dangerous)) {
    it(`has a namespace that takes no pod of a Job like this: ${name}`, async () => {
      const image = `${session().cluster.registry.server}/fleetdm/fleet:v4.85.0`;
      const spec = { restartPolicy: "Never", ...pod, containers: [{ name: "job", image, ...container }] };
      const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: { template: { spec } } };
      succeeded(await stack.kubectl(["create", "-f", "-", account()], JSON.stringify(job)));
      const [message] = await eventually(async () => {
        const messages = await refusedPods(name);
        assert.notEqual(messages.length, 0);
        return messages;
      });
      assert.match(message ?? "", /forbidden: violates PodSecurity "restricted:v1\.18"/);
      assert.deepEqual(await stack.objects("pods", `--selector=job-name=${name}`), []);
      succeeded(await stack.kubectl(["delete", "job", name]));
    });
  }

  it("may not change what its namespace takes", async () => {
    const label = "pod-security.kubernetes.io/enforce=privileged";
    const { code, stderr } = await stack.kubectl([
      "label",
      "namespace",
      stack.namespace,
      label,
      "--overwrite",
      account(),
    ]);
    assert.notEqual(code, 0);
    assert.match(stderr, /is forbidden/);
  });

  it("is enough for a refused rotation, and for the one after it", async () => {
    await stack.setPassword("second password");
    assert.match(failed(await stack.up()), /401 Unauthorized/);
    await stack.accept("second password");
    await stack.deploy();
    await assertFleetAnswers(stack);
  });

  it("is the one that is asked: without its rights, up fails", async () => {
    const withoutRights = { rules: [] };
    await stack.kubectl([
      "patch",
      "role",
      "fleet-deployer",
      "--type=merge",
      `--patch=${JSON.stringify(withoutRights)}`,
    ]);
    await stack.setPassword("third password");
    const refused = await stack.up();
    await runKubectl(session(), ["apply", "-f", "-"], manifest(stack.namespace));
    assert.match(failed(refused), /forbidden/);
  });

  it("is enough for a destroy", async () => {
    succeeded(await stack.destroy());
    assert.deepEqual(await stack.objects("deployments,statefulsets,jobs,cronjobs"), []);
  });

  /** Why pods were not made, of one Job or of all. */
  async function refusedPods(job?: string): Promise<string[]> {
    const of = job === undefined ? "" : `,involvedObject.name=${job}`;
    const events = await stack.objects<{ message: string }>("events", `--field-selector=reason=FailedCreate${of}`);
    return events.map(({ message }) => message);
  }

  const account = () => `--as=system:serviceaccount:${stack.namespace}:fleet-deployer`;
  for (const right of [
    "get secrets --namespace=kube-system",
    "list namespaces",
    "get namespaces/default",
    "delete namespaces",
    "create pods",
    "create pods/exec",
    "impersonate users",
    "bind clusterroles",
  ]) {
    it(`may not ${right}`, async () => {
      const { stdout } = await stack.kubectl(["auth", "can-i", ...right.split(" "), account()]);
      assert.equal(stdout.trim(), "no");
    });
  }
});
