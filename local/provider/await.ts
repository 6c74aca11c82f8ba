import { setTimeout as sleep } from "node:timers/promises";

import { ApiError, type ApiClient } from "./api-client";
import type { ResourceLog } from "./engine";
import { apiPath, type Kind } from "./kinds";
import { nameOf, namespaceOf } from "./metadata";
import { at, isObject, textAt, type JsonObject } from "./property-values";

/** An object did not become ready, or did not go. */
export class AwaitFailure extends Error {
  constructor(
    message: string,
    /** Why, as far as it is known: the words of the kubelet and of the controllers. */
    readonly reasons: readonly string[],
    /** The object as it was seen last. */
    readonly object: JsonObject,
  ) {
    super(message);
  }
}

export interface Waiting {
  readonly api: ApiClient;
  readonly kind: Kind;
  /** The object as the operation left it. */
  readonly object: JsonObject;
  readonly log: ResourceLog;
  /** Milliseconds. */
  readonly timeout: number;
  readonly cancelled: AbortSignal;
}

/** What is known of an object on its way. */
export interface Progress {
  readonly ready: boolean;
  readonly object: JsonObject;
  /** Why it is not ready yet: told only if it never gets there. */
  readonly reasons: readonly string[];
  /** It is never going to be ready. */
  readonly failed?: boolean;
  /** It will do when the time is up. */
  readonly suffices?: boolean;
}

const pollInterval = 250;

/** Looks again and again until an object is ready. */
export async function waitUntilReady(waiting: Waiting, look: () => Promise<Progress>): Promise<JsonObject> {
  const end = Date.now() + waiting.timeout;
  let last: Progress = { ready: false, object: waiting.object, reasons: [] };
  // A connection may break; what the API server answers counts.
  const passing = (error: unknown): Progress => {
    if (error instanceof ApiError) throw error;
    return last;
  };
  for (;;) {
    last = await look().catch(passing);
    const { ready, object, reasons, failed, suffices } = last;
    const isLate = Date.now() >= end;
    if (ready || (suffices && (isLate || waiting.cancelled.aborted))) return object;
    const name = nameOf(waiting.object);
    if (failed) throw new AwaitFailure(`${name} failed to initialize`, reasons, object);
    if (waiting.cancelled.aborted) throw new AwaitFailure(`waiting for ${name} was cancelled`, reasons, object);
    if (isLate) throw new AwaitFailure(`${name} timed out before it was ready`, reasons, object);
    await sleep(pollInterval, undefined, { signal: waiting.cancelled }).catch(() => undefined);
  }
}

/** Waits until an object is gone. */
export async function waitUntilGone(waiting: Waiting): Promise<void> {
  const { api, kind, object } = waiting;
  const path = apiPath(kind, namespaceOf(object), nameOf(object));
  const uid = textAt(object, "metadata", "uid");
  let last = object;
  const gone = async () => {
    const live = await api.find(path);
    if (live && (uid === "" || textAt(live, "metadata", "uid") === uid)) last = live;
    else return true;
    waiting.log.status(`waiting for ${kind.kind} ${nameOf(object)} to go`);
    return false;
  };
  try {
    await waitUntilReady(waiting, async () => ({ ready: await gone(), object: last, reasons: [] }));
  } catch (error) {
    if (!(error instanceof AwaitFailure)) throw error;
    const finalizers = at(last, "metadata", "finalizers");
    const kept = Array.isArray(finalizers) ? finalizers.filter((name) => typeof name === "string").join(", ") : "";
    if (kept !== "") waiting.log.warn(`finalizers may keep ${nameOf(object)} from being deleted: ${kept}`);
    throw new AwaitFailure(`${nameOf(object)} timed out before it was gone`, error.reasons, last);
  }
}

/** The pods that an object owns directly. */
export async function ownedPods(api: ApiClient, owner: JsonObject): Promise<JsonObject[]> {
  const list = await api.request("GET", `/api/v1/namespaces/${namespaceOf(owner)}/pods`);
  const uid = textAt(owner, "metadata", "uid");
  const isOwned = (pod: JsonObject) => {
    const owners = at(pod, "metadata", "ownerReferences");
    return Array.isArray(owners) && owners.some((reference) => textAt(reference, "uid") === uid);
  };
  return Array.isArray(list.items) ? list.items.filter(isObject).filter(isOwned) : [];
}
