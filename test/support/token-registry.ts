import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { run } from "../../local/support/run";
import { ensureClusterTools } from "../../local/toolchain";
import { makeCertificate, type TestCertificate } from "./fake-registry";
import { forgetInContainerd, freePort, hostAddress, trustInContainerd } from "./registry-on-host";
import { session } from "./session";
import { TokenServer, type TokenUser } from "./token-server";

/**
 * A real registry with a real token service, which the node pulls from: both listen on this machine's end of the link to the
 * node, with certificates of an authority of their own, which containerd is told to trust for this registry.
 */
export class TokenRegistry {
  private constructor(
    /** As image references name it. */
    readonly server: string,
    /** Of registry and token service. */
    readonly authority: string,
    private readonly tokens: TokenServer,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<TokenRegistry> {
    const address = await hostAddress();
    const tls = makeCertificate([`IP:${address}`]);
    const tokens = await TokenServer.start({ users: {}, address, tls });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "token-registry-"));
    const server = `${address}:${await freePort(address)}`;
    const child = await startRegistry(folder, server, tls, tokens.registryAuth(folder));
    const registry = new TokenRegistry(server, tls.ca, tokens, folder, child);
    try {
      await registry.ready();
      trustInContainerd(server, tls.ca);
      return registry;
    } catch (error) {
      await registry.remove();
      throw error;
    }
  }

  /** What an account may do from now on, by repository. */
  setUser(name: string, user: TokenUser): void {
    this.tokens.users.set(name, user);
  }

  /** Copies an image of the cluster's own registry, such as `fleetdm/fleet:v4.85.0`. */
  async copy(image: string, from: { readonly username: string; readonly password: string }): Promise<void> {
    const pusher = { username: "pusher", password: randomBytes(12).toString("hex") };
    this.setUser(pusher.username, { password: pusher.password, rights: { "*": ["pull", "push"] } });
    const main = session().cluster.registry;
    // One credentials file for both ends, and one folder of authorities.
    const logins = this.file(
      "logins.json",
      JSON.stringify({ auths: { [main.server]: entry(from), [this.server]: entry(pusher) } }),
    );
    const certificates = path.join(this.folder, "certificates");
    fs.mkdirSync(certificates, { recursive: true });
    fs.copyFileSync(main.caFile, path.join(certificates, "main.crt"));
    fs.writeFileSync(path.join(certificates, "token.crt"), this.authority);
    const { skopeo } = await ensureClusterTools();
    const files = ["src", "dest"].flatMap((end) => [`--${end}-authfile`, logins, `--${end}-cert-dir`, certificates]);
    const ends = [main.server, this.server].map((server) => `docker://${server}/${image}`);
    await run(skopeo, ["--insecure-policy", "copy", "--quiet", ...files, ...ends]);
    this.tokens.users.delete(pusher.username);
  }

  /** Ends both, and forgets everything. */
  async remove(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    if (this.child.exitCode === null && this.child.kill("SIGKILL")) await ended;
    await this.tokens.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
    forgetInContainerd(this.server);
  }

  private async ready(): Promise<void> {
    const [address = "", port = ""] = this.server.split(":");
    const { connect } = await import("node:net");
    for (let tries = 0; tries < 200 && this.child.exitCode === null; tries++) {
      const connected = await new Promise<boolean>((resolve) => {
        const socket = connect(Number(port), address, () => resolve(true)).on("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
      if (connected) return;
      await sleep(50);
    }
    throw new Error(`docker-registry does not start:\n${fs.readFileSync(path.join(this.folder, "log"), "utf8")}`);
  }

  private file(name: string, content: string): string {
    return writePrivate(this.folder, name, content);
  }
}

const entry = ({ username, password }: { readonly username: string; readonly password: string }) => ({
  auth: Buffer.from(`${username}:${password}`).toString("base64"),
});

function writePrivate(folder: string, name: string, content: string): string {
  fs.writeFileSync(path.join(folder, name), content, { mode: 0o600 });
  return path.join(folder, name);
}

async function startRegistry(
  folder: string,
  server: string,
  { cert, key }: TestCertificate,
  auth: object,
): Promise<ChildProcess> {
  const tls = { certificate: writePrivate(folder, "tls.crt", cert), key: writePrivate(folder, "tls.key", key) };
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: path.join(folder, "images") } },
    http: { addr: server, tls },
    auth,
  };
  const { registry } = await ensureClusterTools();
  const file = writePrivate(folder, "config.yml", stringify(config));
  const log = fs.openSync(path.join(folder, "log"), "a");
  const child = spawn(registry, ["serve", file], { stdio: ["ignore", log, log] });
  fs.closeSync(log);
  return child;
}
