import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventLog, type EngineEvent } from "../../commands/rotate/engine-events";
import { eventsIn, nameIn } from "./engine-events";
import type { TestStack } from "./test-stack";

/** In the environment of every process that a killed `up` started, so that those that outlive it are found. */
const marker = "FLEET_TEST_KILLED_UP";
const marks = new Set<string>();

/** An operation that the engine is about to begin: `create-replacement` of `fleet-pull-check`. */
export interface Beginning {
  readonly op: string;
  /** The resource's name in the program. */
  readonly name: string;
}

/** The part of a state that names what was not ended. */
export interface WithPending {
  readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
}

/**
 * Runs `up` until `moment` has come, then kills it (SIGKILL) with its whole process group. `moment` is asked again and
 * again, from when the engine has started, with the operations begun so far. Plugins are no part of the group: they may
 * finish what they do. What the state takes for unfinished is returned, `updating fleet`.
 */
export async function killUp(
  stack: TestStack,
  moment: (begun: readonly Beginning[]) => Promise<boolean> | boolean,
): Promise<string[]> {
  const log = path.join(path.dirname(stack.configFile), "events.json");
  fs.rmSync(log, { force: true });
  const logged = eventLog(log);
  const killer = new AbortController();
  const mark = `${marker}=${randomUUID()}`;
  marks.add(mark);
  let running = true;
  const up = stack
    .tryPulumi(["up", "--yes", "--skip-preview", "--color=never", ...stack.where, ...logged.args], {
      env: { ...logged.env, [marker]: mark.slice(marker.length + 1) },
      kill: killer.signal,
    })
    .finally(() => (running = false));
  while (running) {
    const events = eventsIn(log);
    if (events.length > 0 && (await moment(begunIn(events)))) break;
    await sleep(10);
  }
  killer.abort();
  const { code, stdout, stderr } = await up;
  assert.equal(code, 137, `up ended before it was killed\n${stdout}\n${stderr}`);
  return pendingOperations(stack);
}

/** The operations that the state takes for unfinished, `creating fleet-pull-check`. */
export async function pendingOperations(stack: TestStack): Promise<string[]> {
  const { deployment } = JSON.parse(await stack.pulumi(["stack", "export", "--stack", stack.name])) as {
    deployment: WithPending;
  };
  return pendingIn(deployment);
}

/** The same of a state that was read already. */
export const pendingIn = ({ pending_operations: pending = [] }: WithPending): string[] =>
  pending.map(({ type, resource }) => `${type} ${nameIn(resource.urn)}`);

/** Waits until Helm has ended what the plugin of a killed `up` still does with the release. */
export async function helmIsDone(stack: TestStack): Promise<void> {
  const end = Date.now() + 60_000;
  while ((await pendingRevisions(stack)) !== "") {
    assert.ok(Date.now() < end, "Helm is still at work on the release");
    await sleep(200);
  }
}

/** The revisions of the release that Helm has not ended, as `kubectl` names them. */
export async function pendingRevisions(stack: TestStack): Promise<string> {
  const { stdout } = await stack.kubectl([
    "get",
    "secrets",
    "--selector=owner=helm,status in (pending-install,pending-upgrade)",
    "-o",
    "name",
  ]);
  return stdout.trim();
}

/**
 * What a machine that is gone takes with it: the plugins and the language host of every `up` killed before. `helm` is not
 * one of them where it runs beside the plugin, and is found by the stack's namespace.
 */
export function machineIsGone(stack: TestStack): void {
  for (const { pid, command } of processes()) if (command[0] === "helm" && command.includes(stack.namespace)) end(pid);
  endLeftovers();
}

/** Ends what outlived the killed `up`s. */
export function endLeftovers(): void {
  for (const { pid, environment } of processes()) if (environment.some((variable) => marks.has(variable))) end(pid);
}

function processes(): { pid: number; command: string[]; environment: string[] }[] {
  const fields = (pid: string, file: string): string[] => {
    try {
      return fs.readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
    } catch {
      return []; // it ended meanwhile
    }
  };
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({
    pid: Number(pid),
    command: fields(pid, "cmdline"),
    environment: fields(pid, "environ"),
  }));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended meanwhile
  }
}

const begunIn = (events: readonly EngineEvent[]): Beginning[] =>
  events.flatMap(({ resourcePreEvent: event }) =>
    event === undefined ? [] : [{ op: event.metadata.op, name: nameIn(event.metadata.urn) }],
  );
