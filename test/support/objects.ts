import { strict as assert } from "node:assert";
import { runInNode } from "../../local/cluster";
import { uidsOfFleet } from "../../local/workloads";
import { eventually } from "./eventually";
import { session } from "./session";
import { TestStack } from "./test-stack";

/** The parts of Kubernetes objects that the tests look at. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
}

export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status: { readonly phase: string };
}

/** Pods that are meant to live: not finished, and not on their way out. */
export async function livingPods(stack: TestStack, ...args: string[]): Promise<Pod[]> {
  const pods = await stack.objects<Pod>("pods", ...args);
  return pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status.phase !== "Succeeded" && status.phase !== "Failed",
  );
}

/** The pods of the Deployment `fleet`, as one comparable text. */
export async function fleetPods(stack: TestStack): Promise<string> {
  return uidsOfFleet(await livingPods(stack, "--selector=app=fleet"));
}

/** The Jobs of stack and chart; a CronJob's come and go by the clock. */
export async function jobs(stack: TestStack): Promise<KubernetesObject[]> {
  const all = await stack.objects<KubernetesObject>("jobs");
  return all.filter(({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === "CronJob"));
}

export async function pullSecrets(stack: TestStack): Promise<KubernetesObject[]> {
  return stack.objects<KubernetesObject>("secrets", "--field-selector=type=kubernetes.io/dockerconfigjson");
}

/** The address of Fleet's health check, through its Service; it is to be had in the node's network alone. */
export async function fleetUrl(stack: TestStack): Promise<string> {
  const services = await stack.objects<{
    metadata: { name: string };
    spec: { clusterIP: string; ports: { port: number }[] };
  }>("services");
  const service = services.find(({ metadata }) => /^fleet(-service)?$/.test(metadata.name));
  assert.ok(service, "the release has no Service");
  return `http://${service.spec.clusterIP}:${service.spec.ports[0]?.port}/healthz`;
}

/** Asserts that Fleet answers through its Service, from inside the node; of a simulated node, that the Service leads to ready pods. */
export async function assertFleetAnswers(stack: TestStack): Promise<void> {
  if (session().cluster.node === "simulated") {
    const slices = await stack.objects<{ endpoints: { conditions: { ready?: boolean } }[] }>(
      "endpointslices",
      "--selector=kubernetes.io/service-name in (fleet,fleet-service)",
    );
    const ready = slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions.ready);
    assert.notEqual(ready.length, 0, JSON.stringify(slices));
    return;
  }
  const url = await fleetUrl(stack);
  const get = `fetch("${url}").then((answer) => { if (!answer.ok) throw new Error(answer.statusText); })`;
  // kube-proxy follows a pod that is ready a second later.
  await eventually(async () => {
    const answer = await runInNode(process.execPath, ["-e", get], { timeout: 10_000 });
    assert.equal(answer.code, 0, `${url}: ${answer.stderr}`);
  }, 5);
}
