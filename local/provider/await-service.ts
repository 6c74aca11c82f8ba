import type { Progress, Waiting } from "./await";
import { apiPath } from "./kinds";
import { nameOf, namespaceOf } from "./metadata";
import { at, isObject, textAt, type Json, type JsonObject } from "./property-values";

/** Endpoints come in steps: the official provider gives them this long, in milliseconds, after each one. */
const settleTime = 10_000;

const countAt = (value: Json, key: string): number => {
  const items = at(value, key);
  return Array.isArray(items) ? items.length : 0;
};

/**
 * Looks at a Service: ready once its endpoints have settled and none of its pods is still on its way, and, for a load
 * balancer, once it has an address. A Service without pods behind it (headless, external, no selector) is ready at once.
 */
export function serviceProgress(
  { api, kind, object, log }: Waiting,
  settled: number = settleTime,
): () => Promise<Progress> {
  const path = apiPath(kind, namespaceOf(object), nameOf(object));
  const endpointsPath = `/api/v1/namespaces/${namespaceOf(object)}/endpoints/${nameOf(object)}`;
  const timers: number[] = [];
  let lastVersion = "";
  let isSettled = settled === 0;

  return async () => {
    const service = await api.request("GET", path);
    const hasAddress = textAt(service, "spec", "type") !== "LoadBalancer" || ingressCount(service) > 0;
    if (!hasPods(service)) return { ready: hasAddress, object: service, reasons: [] };

    const endpoints = await api.find(endpointsPath);
    const version = textAt(endpoints, "metadata", "resourceVersion");
    if (version !== lastVersion) {
      lastVersion = version;
      isSettled = settled === 0;
      timers.push(Date.now() + settled);
    }
    while (timers[0] !== undefined && timers[0] <= Date.now()) {
      timers.shift();
      isSettled = true;
    }
    const subsets = at(endpoints, "subsets");
    const parts = Array.isArray(subsets) ? subsets : [];
    const pending = parts.some((part) => countAt(part, "notReadyAddresses") > 0);
    if (hasAddress && isSettled && !pending) return { ready: true, object: service, reasons: [] };

    log.status(`waiting for the endpoints of Service ${nameOf(service)}`);
    const reasons = [
      ...(parts.some((part) => countAt(part, "addresses") > 0) ? [] : ["no pod that the Service selects is ready"]),
      ...(hasAddress ? [] : ["the Service got no address from a load balancer"]),
    ];
    return { ready: false, object: service, reasons, suffices: hasAddress && !pending };
  };
}

function hasPods(service: JsonObject): boolean {
  const selector = at(service, "spec", "selector");
  const isHeadless = textAt(service, "spec", "clusterIP") === "None";
  const isExternal = textAt(service, "spec", "type") === "ExternalName";
  return !isHeadless && !isExternal && isObject(selector) && Object.keys(selector).length > 0;
}

const ingressCount = (service: JsonObject): number => countAt(at(service, "status", "loadBalancer") ?? null, "ingress");
