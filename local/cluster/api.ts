import { readFileSync } from "node:fs";
import * as https from "node:https";

import { nodeName, type Layout } from "./layout";
import { pkiFile, tokenOf } from "./pki";
import type { Servers } from "./servers";

export interface Answer {
  /** HTTP status, or 0 when nothing answered. */
  readonly status: number;
  readonly body: string;
}

/** One request to a server of the node. Never throws: who asks wants to know whether it answers. */
function request(layout: Layout, url: string, options: https.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: 0, body: "" });
    const ca = readFileSync(pkiFile(layout, "ca.crt"));
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
export function askApi(layout: Layout, { address, api }: Servers, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${tokenOf(layout, "admin")}` };
  return request(layout, `https://${address}:${api}${path}`, { headers });
}

/** Creates an object, if it does not exist yet. */
export async function ensureObject(
  layout: Layout,
  { address, api }: Servers,
  path: string,
  object: object,
): Promise<void> {
  const headers = { authorization: `Bearer ${tokenOf(layout, "admin")}`, "content-type": "application/json" };
  const url = `https://${address}:${api}${path}`;
  const answer = await request(layout, url, { method: "POST", headers }, JSON.stringify(object));
  if (answer.status !== 201 && answer.status !== 409) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`);
}

export const apiIsReady = async (layout: Layout, servers: Servers) =>
  (await askApi(layout, servers, "/readyz")).status === 200;

/** The registry answers, and asks for a password. */
export const registryIsReady = async (layout: Layout, { address, registry }: Servers) =>
  (await request(layout, `https://${address}:${registry}/v2/`, {})).status === 401;

/** Whether what stands for the node says that it can run pods. */
export async function nodeIsReady(layout: Layout, servers: Servers): Promise<boolean> {
  const { status, body } = await askApi(layout, servers, `/api/v1/nodes/${nodeName}`);
  if (status !== 200) return false;
  const node = JSON.parse(body) as { status?: { conditions?: { type: string; status: string }[] } };
  return node.status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

/** The kubelet's server is up: it answers, if only to refuse who has no certificate. */
export const kubeletAnswers = async (layout: Layout, { address }: Servers) =>
  (await request(layout, `https://${address}:10250/healthz`, {})).status !== 0;
