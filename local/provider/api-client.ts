import * as https from "node:https";
import * as net from "node:net";

import type { ClusterAccess } from "./kubeconfig";
import { isObject, textAt, type Json, type JsonObject } from "./property-values";

/** An answer of the API server other than success, with its own words. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    /** `AlreadyExists`, `NotFound`, `Forbidden`, … */
    readonly reason: string,
    message: string,
    /** The kind of object that the answer is about, such as `namespaces`. */
    readonly about: string,
  ) {
    super(message);
  }
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** @default `application/json` */
  readonly contentType?: string;
}

/** A kept connection was closed by the other side just when it was used again: nothing was sent. */
class StaleConnection extends Error {}

/** A client of one API server. Answers are parsed; anything but success is an `ApiError`. */
export class ApiClient {
  private readonly agent: https.Agent;

  constructor(private readonly access: ClusterAccess) {
    this.agent = new https.Agent({
      keepAlive: true,
      maxSockets: 16,
      ca: access.ca,
      cert: access.clientCertificate,
      key: access.clientKey,
      rejectUnauthorized: !access.insecure,
      servername: access.tlsServerName,
    });
  }

  async request(method: string, path: string, request: ApiRequest = {}): Promise<JsonObject> {
    const query = request.query ? `?${new URLSearchParams(request.query).toString()}` : "";
    const url = `${this.access.server}${path}${query}`;
    const answer = await this.send(method, url, request).catch((error: unknown) => {
      if (error instanceof StaleConnection) return this.send(method, url, request);
      throw error;
    });
    const body = parseObject(answer.text);
    if (answer.status < 300) return body;
    const message = textAt(body, "message") || answer.text.trim() || `HTTP ${answer.status}`;
    throw new ApiError(answer.status, textAt(body, "reason"), message, textAt(body, "details", "kind"));
  }

  /** Like a GET, but nothing instead of an error when there is no such object. */
  async find(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.request("GET", path);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, url: string, request: ApiRequest): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = { accept: "application/json" };
      if (this.access.token) headers.authorization = `Bearer ${this.access.token}`;
      const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
      if (body) {
        headers["content-type"] = request.contentType ?? "application/json";
        headers["content-length"] = String(body.length); // Node sets none for a DELETE
      }
      const sent = https.request(url, { method, headers, agent: this.agent, timeout: 60_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
        );
      });
      sent.on("timeout", () => sent.destroy(new Error(`${url} did not answer within 60 s`)));
      sent.on("error", (error: NodeJS.ErrnoException) => {
        const isStale = sent.reusedSocket && error.code === "ECONNRESET";
        reject(isStale ? new StaleConnection(error.message) : error);
      });
      sent.end(body);
    });
  }
}

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Whether something accepts connections there. Nothing is sent. */
export function accepts(server: string): Promise<boolean> {
  const { hostname, port } = new URL(server);
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, "");
    const socket = net.connect({ host, port: Number(port || 443), timeout: 5_000 });
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => answer(true));
    socket.on("timeout", () => answer(false));
    socket.on("error", () => answer(false));
  });
}
