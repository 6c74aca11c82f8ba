import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { tryRun } from "../../../commands/process";
import { checkout } from "../../../local/support/paths";
import { officialHosts, officialRelease, type ReleaseName } from "../../../local/toolchain/releases";
import { makeCertificate } from "../../support/fake-registry";
import { ConnectProxy } from "../registry/client/connect-proxy";

const ofCluster = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
  "registry",
  "kwok",
];
const programs = [...ofCluster, "pulumi", "pulumi-resource-kubernetes", "pulumi-resource-random"];

describe("Go", function () {
  this.timeout("1m"); // processes of their own on a busy machine
  let scratch: string;
  let proxy: ConnectProxy | undefined;
  let server: https.Server | undefined;

  before(function () {
    // Elsewhere there is something to build on every network.
    if (process.platform !== "linux") this.skip();
  });

  beforeEach(() => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "go-needed-"));
    go("go1.20.1");
  });

  afterEach(async () => {
    await proxy?.close();
    server?.closeAllConnections();
    server?.close();
    [proxy, server] = [undefined, undefined];
    fs.rmSync(scratch, { recursive: true });
  });

  function executable(file: string, content = ""): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${content}\n`, { mode: 0o755 });
  }

  const goFile = () => path.join(scratch, "bin", "go");
  const go = (version: string) => executable(goFile(), `echo ${version}`);

  /** Lets all hosts be reached that have a certificate. */
  async function open(hosts: readonly string[]): Promise<void> {
    const { ca, cert, key } = makeCertificate(hosts.map((host) => `DNS:${host}`));
    fs.writeFileSync(path.join(scratch, "ca.crt"), ca);
    server = https.createServer({ cert, key }, (_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = await ConnectProxy.start({ port: (server.address() as AddressInfo).port });
  }

  const close = async () => {
    proxy = await ConnectProxy.start({ status: 403 });
  };

  /** What is said to be missing for a node: in a process of its own, since each asks once, and with an empty home. */
  async function missing(kind: "real" | "simulated"): Promise<string> {
    const script = `require("./local/toolchain").requireMachineTools(process.argv[1]).catch((error) => console.log(error.message));`;
    const env = {
      HOME: scratch,
      XDG_CACHE_HOME: path.join(scratch, "cache"),
      PULUMI_HOME: undefined,
      PATH: [path.dirname(goFile()), "/usr/bin", "/bin"].join(path.delimiter),
      NODE_EXTRA_CA_CERTS: path.join(scratch, "ca.crt"),
    };
    const args = ["-r", "tsx/cjs", "-e", script, kind];
    const { code, stdout, stderr } = await tryRun(process.execPath, args, { cwd: checkout, env });
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  const asked = () => [...(proxy?.targets ?? [])].sort();
  const needed = (what: readonly string[]) =>
    `Go 1.26 or newer is needed to build what cannot be downloaded here (${what.join(", ")}), but ${goFile()} says: go1.20.1.`;

  it("is not needed where everything can be downloaded, which every host is asked once", async () => {
    await open(officialHosts());
    assert.equal(await missing("simulated"), "");
    assert.deepEqual(asked(), ["api.github.com:443", "dl.k8s.io:443", "get.helm.sh:443", "github.com:443"]);
  });

  it("is needed where nothing can be, which is said before anything is made", async () => {
    await close();
    assert.equal(await missing("simulated"), needed(programs));
    assert.deepEqual(fs.readdirSync(scratch), ["bin"]);
  });

  it("is needed for what one host has", async () => {
    await open(officialHosts().filter((host) => host !== "api.github.com"));
    assert.equal(await missing("simulated"), needed(["kwok", "pulumi-resource-random"]));
  });

  it("is needed for a real node's small images on any network", async () => {
    await open(officialHosts());
    // Without root, other programs may be missing too.
    assert.ok((await missing("real")).startsWith(needed(["the small images"]).slice(0, -1)));
  });

  it("is not needed where everything is cached, and nobody is asked", async () => {
    await close();
    for (const name of programs as ReleaseName[]) {
      const version = officialRelease(name)?.version ?? assert.fail(name);
      const folder = `${name}-${version}-${process.platform}-${process.arch}`;
      executable(path.join(scratch, "cache", "fleet-private-registry", "tools", "official", folder, name));
    }
    assert.equal(await missing("simulated"), "");
    assert.deepEqual(asked(), []);
  });

  it("spares the hosts the question where it is there", async () => {
    await close();
    go("go1.26.0");
    assert.equal(await missing("simulated"), "");
    assert.deepEqual(asked(), []);
  });
});
