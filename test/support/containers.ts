import { strict as assert } from "node:assert";
import { runInNode } from "../../local/cluster";
import type { TestStack } from "./test-stack";

interface RunningPod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly ready: boolean;
      readonly restartCount: number;
    }[];
  };
}

const get = async (stack: TestStack, pod: string): Promise<RunningPod> => {
  const [found] = await stack.objects<RunningPod>("pods", `--field-selector=metadata.name=${pod}`);
  assert.ok(found, `no pod ${pod}`);
  return found;
};

/** Sends a signal to every process in the containers of a pod, without the kubelet's knowledge. */
export async function signalContainers(stack: TestStack, pod: string, signal: "KILL" | "STOP"): Promise<void> {
  const { status } = await get(stack, pod);
  for (const { containerID = "" } of status.containerStatuses ?? []) {
    const id = containerID.replace("containerd://", "");
    const script = 'for p in /proc/[0-9]*; do grep -qs "$1" $p/cgroup && kill -$2 ${p#/proc/} && echo $p; done; true';
    const { stdout, stderr } = await runInNode("/bin/sh", ["-c", script, "signal", id, signal]);
    assert.notEqual(stdout, "", `no process of ${pod}, ${containerID}: ${stderr}`);
  }
}

/** Asserts that every container of a pod has been started again since `restarts`, and is ready. */
export async function assertRestarted(stack: TestStack, pod: string, restarts: number): Promise<void> {
  const { status } = await get(stack, pod);
  for (const { ready, restartCount } of status.containerStatuses ?? []) {
    assert.ok(ready && restartCount > restarts, `${pod}: ${JSON.stringify(status.containerStatuses)}`);
  }
}

/** How often the containers of a pod were started again. */
export async function restartsOf(stack: TestStack, pod: string): Promise<number> {
  const { status } = await get(stack, pod);
  return Math.max(0, ...(status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}
