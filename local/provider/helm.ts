import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";

import { kubeconfigOf } from "./kubeconfig";
import type { Json } from "./property-values";
import type { Session } from "./session";

const folders = new Set<string>();
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Helm in a private folder of its own, which goes when the work is done: values and credentials are read from there. */
export class Helm {
  /** Variables that take the place of the session's. */
  readonly env: Record<string, string> = {};

  private constructor(
    private readonly session: Session,
    private readonly folder: string,
  ) {}

  static async with<T>(session: Session, work: (helm: Helm) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "stand-in-helm-")); // mode 0700
    folders.add(folder);
    try {
      const helm = new Helm(session, folder);
      const access = session.reachable?.access;
      const config = access ? kubeconfigOf(access) : JSON.stringify({ apiVersion: "v1", kind: "Config" });
      helm.env.KUBECONFIG = await helm.write("kubeconfig", config);
      return await work(helm);
    } finally {
      await rm(folder, { recursive: true, force: true });
      folders.delete(folder);
    }
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  async write(name: string, content: string | Json): Promise<string> {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await writeFile(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }

  /** Runs `helm` and gives what it prints. Throws its error message. The run's cancellation interrupts it. */
  run(args: readonly string[], input?: string): Promise<string> {
    const { session } = this;
    return new Promise((resolve, reject) => {
      const child = spawn("helm", args, {
        cwd: session.folder,
        env: { ...process.env, HELM_DRIVER: "secret", ...session.env, ...this.env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      const interrupt = () => child.kill("SIGTERM"); // Helm then marks the release as failed
      session.cancelled.addEventListener("abort", interrupt);
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
      child.on("error", (error) => reject(new Error(`helm cannot be run: ${error.message}`)));
      child.on("close", (code) => {
        session.cancelled.removeEventListener("abort", interrupt);
        if (code === 0) resolve(stdout);
        else reject(new Error(errorOf(stderr)));
      });
    });
  }
}

/** Helm's error message, without the warnings before it and without its own headings. */
function errorOf(stderr: string): string {
  const start = stderr.lastIndexOf("Error: ");
  const message = start < 0 ? stderr : stderr.slice(start + "Error: ".length);
  return message.trim().replace(/^(INSTALLATION|UPGRADE) FAILED: /, "") || "helm failed without a word";
}
