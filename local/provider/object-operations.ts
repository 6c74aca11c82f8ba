import { setTimeout as sleep } from "node:timers/promises";

import { ApiError } from "./api-client";
import { AwaitFailure, waitUntilGone, waitUntilReady, type Waiting } from "./await";
import { jobProgress } from "./await-job";
import { serviceProgress } from "./await-service";
import { statefulSetProgress } from "./await-stateful-set";
import { checkpoint, fieldManagerOf, initialApiVersionOf, parseCheckpoint, type Origin } from "./checkpoint";
import { takeOverFields } from "./field-managers";
import { apiPath, kindOf, type Kind } from "./kinds";
import { annotation, nameOf, namespaceOf, propagationPolicy, skipsAwait, suffix, timeoutOf } from "./metadata";
import { normalize } from "./normalize";
import { hasUnknown, stripAll, type JsonObject, type Properties } from "./property-values";
import { NotReady } from "./rpc";
import type { Cluster, Session } from "./session";
import { idOf, parseId, parseUrn } from "./urn";

/** What a resource looks like after an operation, or would look like. */
export interface Result {
  readonly id: string;
  readonly state: Properties;
}

export interface Operation {
  readonly session: Session;
  readonly urn: string;
  /** Seconds; 0 where the program sets none. */
  readonly timeout: number;
  readonly preview: boolean;
}

// The name under which the official provider creates; the first update moves its fields to the resource's own manager.
const creator = "pulumi-kubernetes";

const idOfObject = (object: JsonObject): string => idOf(namespaceOf(object), nameOf(object));

function originOf(state: Properties, inputs: JsonObject): Origin {
  const fieldManager =
    annotation(inputs, "pulumi.com/patchFieldManager") ||
    (fieldManagerOf(state) ?? `${creator}-${suffix(new Uint8Array())}`);
  return { initialApiVersion: initialApiVersionOf(state, inputs), fieldManager };
}

/**
 * How to see that an object is ready. Nothing, for kinds that are as soon as they exist.
 * @param once it is looked at once, so that there is nothing to let settle
 */
export function progressOf(waiting: Waiting, once = false) {
  if (waiting.kind.kind === "Job") return jobProgress(waiting);
  if (waiting.kind.kind === "StatefulSet") return statefulSetProgress(waiting);
  return waiting.kind.kind === "Service" ? serviceProgress(waiting, once ? 0 : undefined) : undefined;
}

async function awaitReady(waiting: Waiting, inputs: JsonObject): Promise<JsonObject> {
  const look = skipsAwait(inputs) ? undefined : progressOf(waiting);
  const ready = look ? await waitUntilReady(waiting, look) : waiting.object;
  waiting.log.status("");
  return ready;
}

export async function createObject(operation: Operation, given: Properties): Promise<Result> {
  const { session, urn, preview } = operation;
  const kind = kindOf(parseUrn(urn).type);
  const inputs = stripAll(given);
  const asGiven: Result = { id: "", state: given };
  if (preview && (hasUnknown(inputs) || !session.reachable)) return asGiven;
  const { api } = session.requireCluster();

  let object: JsonObject;
  try {
    object = await post(session.requireCluster(), kind, inputs, preview);
  } catch (error) {
    if (preview && isPreviewable(error)) return asGiven;
    throw new Error(`the Kubernetes API server did not create ${idOfObject(inputs)}: ${wordsOf(error)}`, {
      cause: error,
    });
  }
  const origin = originOf(given, inputs);
  if (preview) {
    delete object.status;
    return { id: "", state: checkpoint(inputs, object, given, origin) };
  }
  const log = session.about(urn);
  const timeout = timeoutOf(inputs, operation.timeout);
  try {
    object = await awaitReady({ api, kind, object, log, timeout, cancelled: session.cancelled }, inputs);
  } catch (error) {
    throw notReady(error, "was created, but is not ready", object, (live) => checkpoint(inputs, live, given, origin));
  }
  return { id: idOfObject(object), state: checkpoint(inputs, object, given, origin) };
}

/** What a preview cannot try: it shows the inputs instead. */
function isPreviewable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const noNamespaceYet = error.code === 404 && error.about === "namespaces";
  const noDryRun = error.code === 400 && error.message.includes("does not support dry run");
  return error.code === 403 || error.reason === "AlreadyExists" || noNamespaceYet || noDryRun;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Creates an object. What it needs may still be on its way: "not found" is tried again, for about a minute. */
async function post(cluster: Cluster, kind: Kind, inputs: JsonObject, preview: boolean): Promise<JsonObject> {
  const query = { fieldManager: creator, ...(preview ? { dryRun: "All" } : {}) };
  for (let wait = 1_000; ; wait *= 2) {
    try {
      return await cluster.api.request("POST", apiPath(kind, namespaceOf(inputs)), { query, body: inputs });
    } catch (error) {
      const mayPass = error instanceof ApiError && error.code === 404 && !preview && wait <= 32_000;
      if (!mayPass) throw error;
      await sleep(wait);
    }
  }
}

function notReady(error: unknown, what: string, object: JsonObject, state: (live: JsonObject) => Properties): Error {
  if (!(error instanceof AwaitFailure)) return error instanceof Error ? error : new Error(String(error));
  const id = idOfObject(object);
  return new NotReady(`${id} ${what}: ${error.message}`, error.reasons, id, state(error.object));
}

export async function updateObject(operation: Operation, olds: Properties, news: Properties): Promise<Properties> {
  const { session, urn, preview } = operation;
  const kind = kindOf(parseUrn(urn).type);
  const inputs = normalize(stripAll(news));
  if (preview && (hasUnknown(inputs) || !session.reachable)) return news;
  const cluster = session.requireCluster();
  const { live } = parseCheckpoint(olds);
  const path = apiPath(kind, namespaceOf(live), nameOf(live));
  const origin = originOf(olds, inputs);
  const state = (object: JsonObject) => checkpoint(inputs, object, news, origin);
  const log = session.about(urn);
  const timeout = timeoutOf(inputs, operation.timeout);
  try {
    const object = await apply(cluster, path, inputs, origin.fieldManager, preview);
    if (preview) return state(object);
    const waiting = { api: cluster.api, kind, object, log, timeout, cancelled: session.cancelled };
    return state(await awaitReady(waiting, inputs));
  } catch (error) {
    if (preview && error instanceof ApiError && error.code === 403) return news;
    const now = await cluster.api.find(path);
    if (!now) throw new Error(`${idOfObject(live)} was not updated: ${wordsOf(error)}`, { cause: error });
    const reasons = error instanceof AwaitFailure ? error.reasons : [];
    const id = idOfObject(now);
    throw new NotReady(`${id} was not updated, or is not ready: ${wordsOf(error)}`, reasons, id, state(now));
  }
}

/** Server-side apply. */
async function apply(
  cluster: Cluster,
  path: string,
  inputs: JsonObject,
  fieldManager: string,
  preview: boolean,
): Promise<JsonObject> {
  const live = await cluster.api.request("GET", path);
  const force = preview || annotation(inputs, "pulumi.com/patchForce") === "true";
  if (!preview) await takeOverFields(cluster.api, path, live, fieldManager);
  const query = { fieldManager, force: String(force), ...(preview ? { dryRun: "All" } : {}) };
  return cluster.api.request("PATCH", path, { query, body: inputs, contentType: "application/apply-patch+yaml" });
}

export async function deleteObject(operation: Operation, id: string, state: Properties): Promise<void> {
  const { session, urn } = operation;
  const kind = kindOf(parseUrn(urn).type);
  const { inputs, live } = parseCheckpoint(state);
  const { api } = session.requireCluster();
  const path = apiPath(kind, namespaceOf(live), parseId(id).name);
  try {
    await api.request("DELETE", path, { body: { propagationPolicy: propagationPolicy(inputs) } });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return;
    throw error;
  }
  const goesAlone = ["Namespace", "StatefulSet", "Job"].includes(kind.kind);
  if (skipsAwait(inputs) && goesAlone) return;
  const log = session.about(urn);
  const timeout = timeoutOf(inputs, operation.timeout);
  try {
    await waitUntilGone({ api, kind, object: live, log, timeout, cancelled: session.cancelled });
    log.status("");
  } catch (error) {
    const origin = originOf(state, inputs);
    throw notReady(error, "is still there", live, (last) => checkpoint(live, last, state, origin));
  }
}
