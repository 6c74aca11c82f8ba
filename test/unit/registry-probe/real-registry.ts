import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { run } from "../../../local/support/run";
import { onPath } from "../../../local/toolchain/find";
import { testCertificate } from "../../support/fake-registry";

function tool(command: string, debianPackage: string): string {
  const found = onPath(command);
  if (found !== undefined) return found;
  throw new Error(`${command} is not installed: run "make toolchain" as root, or "apt-get install ${debianPackage}".`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Debian's docker-registry on a free port of this machine, with its own folder. */
export class RealRegistry {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "registry-"));
  host = "";
  private child: ChildProcess | undefined;

  /**
   * Starts it, again with another `auth` setting if need be; the images stay.
   *
   * @param auth the registry's setting; without one it takes all requests, over plain HTTP
   */
  async start(auth?: object): Promise<void> {
    await this.stop();
    const port = await freePort();
    this.host = `127.0.0.1:${port}`;
    const file = (name: string, content: string) => {
      fs.writeFileSync(path.join(this.folder, name), content, { mode: 0o600 });
      return path.join(this.folder, name);
    };
    const { cert, key } = testCertificate();
    const tls = { tls: { certificate: file("tls.crt", cert), key: file("tls.key", key) } };
    const config = {
      version: 0.1,
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: path.join(this.folder, "images") } },
      http: { addr: this.host, ...(auth === undefined ? {} : tls) },
      ...(auth === undefined ? {} : { auth }),
    };
    const command = tool("docker-registry", "docker-registry");
    const log = fs.openSync(path.join(this.folder, "log"), "a");
    this.child = spawn(command, ["serve", file("config.yml", stringify(config))], { stdio: ["ignore", log, log] });
    fs.closeSync(log);
    await this.ready(port);
  }

  private async ready(port: number): Promise<void> {
    const { connect } = await import("node:net");
    for (let tries = 0; tries < 200; tries++) {
      if (this.child?.exitCode !== null) break;
      const connected = await new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
      if (connected) return;
      await sleep(50);
    }
    throw new Error(`docker-registry does not start:\n${fs.readFileSync(path.join(this.folder, "log"), "utf8")}`);
  }

  /** `auth.htpasswd` with these users. */
  async htpasswd(users: Readonly<Record<string, string>>): Promise<object> {
    const lines = Object.entries(users).map(([name, password]) =>
      run(tool("htpasswd", "apache2-utils"), ["-niB", "-C", "4", name], { input: password }),
    );
    const file = path.join(this.folder, "htpasswd");
    fs.writeFileSync(file, (await Promise.all(lines)).map((line) => line.trim()).join("\n"));
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
