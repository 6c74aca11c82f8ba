import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { connect } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { nodeKind } from "../../local/cluster";
import { passwordLine } from "../../local/cluster/registry";
import { ensureClusterTools } from "../../local/toolchain";
import { testCertificate } from "./fake-registry";
import { freePort } from "./registry-on-host";

/** The reference registry on a free port of this machine, with its own folder. */
export class RealRegistry {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "registry-"));
  private child: ChildProcess | undefined;

  private constructor(
    /** As image references name it. */
    readonly host: string,
    private readonly tls: { readonly cert: string; readonly key: string },
  ) {}

  static async create(address = "127.0.0.1", tls = testCertificate()): Promise<RealRegistry> {
    return new RealRegistry(`${address}:${await freePort(address)}`, tls);
  }

  /** Where its images are. */
  get images(): string {
    return path.join(this.folder, "images");
  }

  /**
   * Starts it, again with another `auth` setting if need be; the images stay.
   *
   * @param auth the registry's setting; without one it takes all requests, over plain HTTP
   */
  async start(auth?: object): Promise<void> {
    await this.stop();
    const file = (name: string, content: string) => {
      fs.writeFileSync(path.join(this.folder, name), content, { mode: 0o600 });
      return path.join(this.folder, name);
    };
    const tls = { certificate: file("tls.crt", this.tls.cert), key: file("tls.key", this.tls.key) };
    const config = {
      version: 0.1,
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: this.images } },
      http: { addr: this.host, ...(auth !== undefined && { tls }) },
      ...(auth !== undefined && { auth }),
    };
    const { registry } = await ensureClusterTools(nodeKind());
    const log = fs.openSync(path.join(this.folder, "log"), "a");
    this.child = spawn(registry, ["serve", file("config.yml", stringify(config))], {
      stdio: ["ignore", log, log],
      env: { OTEL_TRACES_EXPORTER: "none" },
    });
    fs.closeSync(log);
    await this.ready();
  }

  private async ready(): Promise<void> {
    const [address = "", port = ""] = this.host.split(":");
    for (let tries = 0; tries < 200 && this.child?.exitCode === null; tries++) {
      const connected = await new Promise<boolean>((resolve) => {
        const socket = connect(Number(port), address, () => resolve(true)).on("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
      if (connected) return;
      await sleep(50);
    }
    throw new Error(`the registry does not start:\n${fs.readFileSync(path.join(this.folder, "log"), "utf8")}`);
  }

  /** `auth.htpasswd` with these users. */
  async htpasswd(users: Readonly<Record<string, string>>): Promise<object> {
    const lines = Object.entries(users).map(([name, password]) => passwordLine(name, password));
    const file = path.join(this.folder, "htpasswd");
    fs.writeFileSync(file, (await Promise.all(lines)).join("\n"));
    return { htpasswd: { realm: "test", path: file } };
  }

  /** Puts an image without layers in; while the registry runs without `auth`. */
  async putImage(repository: string, tag: string): Promise<void> {
    const config = JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } });
    const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
    const root = `http://${this.host}/v2/${repository}`;
    const expect = async (response: Response) => {
      if (response.ok) return response;
      throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
    };
    const upload = await expect(await fetch(`${root}/blobs/uploads/`, { method: "POST" }));
    const place = new URL(upload.headers.get("location") ?? "", root);
    place.searchParams.set("digest", digest);
    await expect(await fetch(place, { method: "PUT", body: config }));
    const type = "application/vnd.docker.distribution.manifest.v2+json";
    const described = { mediaType: "application/vnd.docker.container.image.v1+json", size: config.length, digest };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: type, config: described, layers: [] });
    const headers = { "content-type": type };
    await expect(await fetch(`${root}/manifests/${tag}`, { method: "PUT", headers, body }));
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    fs.rmSync(this.folder, { recursive: true });
  }
}
