import { strict as assert } from "node:assert";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import * as path from "node:path";
import { placesOf } from "../../local/cluster/places";
import { kwok } from "../../local/cluster/simulated-node";
import { runKubectl, tryKubectl } from "../../local/session";
import { stateDir } from "../../local/support/paths";
import { ensureClusterTools, type SimulatedTools } from "../../local/toolchain";
import { eventually } from "./eventually";
import { session } from "./session";

async function simulatedTools(): Promise<SimulatedTools> {
  const tools = await ensureClusterTools("simulated");
  return tools.kind === "simulated" ? tools : assert.fail();
}

/** What a pod has to tolerate on a simulated node. */
export const simulatedTaint = { key: "simulated", effect: "NoSchedule" } as const;

/** A node that KWOK plays beside the real one: what is placed there pulls nothing, and runs well. */
export class SimulatedNode {
  private process: ChildProcess | undefined;

  constructor(readonly name: string) {}

  async start(): Promise<void> {
    const places = placesOf(stateDir);
    const { command, args } = kwok(places, await simulatedTools(), this.name, ["kwok-stages.yaml"]);
    const log = openSync(path.join(places.logs, `${this.name}.log`), "w");
    const taints = [simulatedTaint];
    const labels = { "kubernetes.io/hostname": this.name, "kubernetes.io/os": "linux" };
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: this.name, labels }, spec: { taints } };
    await runKubectl(session(), ["apply", "-f", "-"], JSON.stringify(node));
    this.process = spawn(command, args, { stdio: ["ignore", log, log] });
    await eventually(() => runKubectl(session(), ["wait", "node", this.name, "--for=condition=Ready", "--timeout=5s"]));
  }

  async stop(): Promise<void> {
    if (this.process?.exitCode === null && this.process.kill()) await once(this.process, "exit");
    await tryKubectl(session(), ["delete", "node", this.name]);
  }
}
