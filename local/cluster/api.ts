import { readFileSync } from "node:fs";
import * as https from "node:https";

import { nodeName, type Places } from "./places";
import { pkiFile, tokenOf } from "./pki";
import type { Servers } from "./servers";

export interface Answer {
  /** HTTP status, or 0 when nothing answered. */
  readonly status: number;
  readonly body: string;
}

/** One request to a server of the node. Never throws: who asks wants to know whether it answers. */
function request(places: Places, url: string, options: https.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: 0, body: "" });
    const ca = readFileSync(pkiFile(places, "ca.crt"));
    const sent = https.request(url, { ca, timeout: 2_000, agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on("error", nothing);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", nothing);
    sent.end(body);
  });
}

/** Asks the API server, as the administrator. */
export function askApi(places: Places, { address, api }: Servers, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${tokenOf(places, "admin")}` };
  return request(places, `https://${address}:${api}${path}`, { headers });
}

/** Creates an object, if it does not exist yet. */
export async function ensureObject(
  places: Places,
  { address, api }: Servers,
  path: string,
  object: object,
): Promise<void> {
  const headers = { authorization: `Bearer ${tokenOf(places, "admin")}`, "content-type": "application/json" };
  const url = `https://${address}:${api}${path}`;
  // Nobody asks a second time, and a slow machine's API server can take seconds while it still starts.
  const options = { method: "POST", headers, timeout: 30_000 };
  const answer = await request(places, url, options, JSON.stringify(object));
  if (answer.status !== 201 && answer.status !== 409) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`);
}

export const apiIsReady = async (places: Places, servers: Servers) =>
  (await askApi(places, servers, "/readyz")).status === 200;

/** The registry answers, and asks for a password. */
export const registryIsReady = async (places: Places, { address, registry }: Servers) =>
  (await request(places, `https://${address}:${registry}/v2/`, {})).status === 401;

/** Whether what stands for the node says that it can run pods. */
export async function nodeIsReady(places: Places, servers: Servers): Promise<boolean> {
  const { status, body } = await askApi(places, servers, `/api/v1/nodes/${nodeName}`);
  if (status !== 200) return false;
  const node = JSON.parse(body) as { status?: { conditions?: { type: string; status: string }[] } };
  return node.status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

/** The kubelet's server is up: it answers, if only to refuse who has no certificate. */
export const kubeletAnswers = async (places: Places, { address }: Servers) =>
  (await request(places, `https://${address}:10250/healthz`, {})).status !== 0;

/** kube-proxy's rules for Services are in place. */
export const servicesAreRouted = ({ address }: Servers): Promise<boolean> =>
  fetch(`http://${address}:10256/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
