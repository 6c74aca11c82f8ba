import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Where and with which variables an engine runs. */
export interface EngineProcess {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

// A plugin that the engine starts inherits its folder and its variables; an attached provider is told only the engine's
// address. Of the variables just those are taken that choose a cluster, or where Helm keeps
// its settings and finds charts.
const inherited =
  /^(HOME|KUBECONFIG|(HELM|XDG)_(CACHE|CONFIG|DATA)_HOME|HELM_(REGISTRY_CONFIG|REPOSITORY_\w+|PLUGINS)|SSL_CERT_\w+|\w+_PROXY)=/;

/** Finds the process that listens on a port of 127.0.0.1. Nothing, where /proc does not say. */
export function engineProcess(port: number): EngineProcess | undefined {
  const socket = listeningSocket(port);
  const owner = socket === undefined ? undefined : processes().find((id) => holds(id, socket));
  if (owner === undefined) return undefined;
  try {
    const variables = readFileSync(`/proc/${owner}/environ`, "utf8")
      .split("\0")
      .filter((line) => inherited.test(line))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
    return { folder: readlinkSync(`/proc/${owner}/cwd`), env: Object.fromEntries(variables) };
  } catch {
    return undefined;
  }
}

function listeningSocket(port: number): string | undefined {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const listening = "0A";
  const rows = lines("/proc/net/tcp").map((line) => line.trim().split(/\s+/));
  const inode = rows.find((row) => row[1] === local && row[3] === listening)?.[9];
  return inode === undefined ? undefined : `socket:[${inode}]`;
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

function processes(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function holds(process: string, socket: string): boolean {
  const folder = `/proc/${process}/fd`;
  try {
    return readdirSync(folder).some((file) => {
      try {
        return readlinkSync(`${folder}/${file}`) === socket;
      } catch {
        return false; // closed in between
      }
    });
  } catch {
    return false; // ended in between, or another user's
  }
}
