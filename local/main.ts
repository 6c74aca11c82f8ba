import { randomBytes } from "node:crypto";
import { nodeKind, setRegistryUser } from "./cluster";
import { type DevStack, devStack, fleetKind, openDevStack } from "./dev-stack";
import { mirrorFleet, portForward } from "./real-fleet";
import { refusalIn, refusedAtPreview, refusedAtUp } from "./refusal";
import { beginRun, clearRun, endRun } from "./run-marker";
import { openSession, passwordKey, runKubectl, type Session } from "./session";
import type { Stack } from "./stack";
import type { RunResult } from "../commands/process";
import { bold, main, say, step, table } from "../commands/terminal";
import { pluginsLine } from "./toolchain";
import { fleetPods, workloadTable } from "./workloads";

/** What `make local` shows: a first deploy, a rotation, and a wrong password that is refused. */
async function local(): Promise<void> {
  const fleet = fleetKind(process.env.FLEET, nodeKind());
  const session = await openSession();
  say(pluginsLine(session.tools.plugins));
  const dev = devStack(fleet, session);
  const isUnfinished = beginRun(dev.folder);
  if (isUnfinished) await step("Clearing what a run that was killed has left", () => startAfresh(session, dev));
  if (fleet === "real") await mirrorFleet(session, dev);
  const stack = await openDevStack(session, dev);
  // The registry learns the password that the stack's file holds encrypted.
  await setRegistryUser(dev.username, await stack.get(passwordKey(session.cluster.registry)));
  await step("pulumi up", async () => succeeded(await stack.up()));
  // The node has the images from now on, and a wrong password waits for this deadline.
  await stack.set("pullCheckDeadlineSeconds", "30");

  const rotation = await rotate(session, dev, stack);
  const refusal = await refuseWrongPassword(session, dev, stack);

  print("What is running", table(await workloadTable(session, dev.namespace)));
  print("What the preview of the rotation said", rotation);
  print("What the registry said to a wrong password, before anything was touched", refusal);
  print("Outputs", JSON.stringify(await stack.outputs(), undefined, 2));
  endRun(dev.folder);
  if (fleet === "real")
    print("Fleet answers at http://localhost:8080 while this runs", portForward(session, dev.namespace));
  process.stdout.write(`\nTake it all away with ${bold("make local-down")}.\n`);
}

/** On this cluster, nothing is worth the repair of what Helm and Pulumi were in the middle of. */
async function startAfresh(session: Session, { namespace, folder }: DevStack): Promise<void> {
  await runKubectl(session, ["delete", "namespace", namespace, "--ignore-not-found"]);
  clearRun(folder);
}

/** A new password in the registry and in the stack: the preview shows it, `up` rolls everything, nothing is left. */
async function rotate(session: Session, dev: DevStack, stack: Stack): Promise<string> {
  const password = randomBytes(18).toString("base64");
  await setRegistryUser(dev.username, password);
  await stack.set(passwordKey(session.cluster.registry), password, true);
  const preview = await step("Rotation: pulumi preview", () => stack.preview("--diff"));
  const text = succeeded(preview);
  for (const sign of ["+-kubernetes:core/v1:Secret", "~ kubernetes:helm.sh/v3:Release"]) {
    if (!text.includes(sign)) throw new Error(`The preview of the rotation lacks "${sign}":\n${text}`);
  }
  await step("Rotation: pulumi up", async () => succeeded(await stack.up()));
  return text.trim();
}

/**
 * A wrong password: the registry refuses it at preview; with that check off, the pull check stops `up` where anything is pulled.
 * The pods that run stay the same ones.
 */
async function refuseWrongPassword(session: Session, { namespace }: DevStack, stack: Stack): Promise<string> {
  const key = passwordKey(session.cluster.registry);
  const good = await stack.get(key);
  const before = await fleetPods(session, namespace);
  await stack.set(key, `wrong-${randomBytes(9).toString("hex")}`, true);
  const previewed = await step("Wrong password: pulumi preview, which must refuse it", () => stack.preview());
  const words = [`preview: ${refusalIn(previewed, refusedAtPreview)}`];
  if (session.cluster.node === "real") words.push(`up:      ${await refuseAtPull(stack)}`);
  await stack.set(key, good, true);

  if ((await fleetPods(session, namespace)) !== before) throw new Error("The refused password touched running pods.");
  await step("Right password again: pulumi up", async () => succeeded(await stack.up()));
  return words.join("\n\n");
}

/** What the kubelet says, when the registry was not asked before. */
async function refuseAtPull(stack: Stack): Promise<string> {
  await stack.set("registryCheck", "off");
  const refused = await step("Wrong password, registry check off: pulumi up, which must refuse it", () => stack.up());
  await stack.set("registryCheck", "enforce");
  return refusalIn(refused, refusedAtUp);
}

function succeeded({ code, stdout, stderr }: RunResult): string {
  if (code !== 0) throw new Error(`Pulumi exited with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

function print(title: string, text: string): void {
  process.stdout.write(`\n${bold(title)}\n\n${text}\n`);
}

main(local);
