import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Downloader } from "../../../local/toolchain/download";
import { checksumUrl, officialRelease, type Release, type ReleaseName } from "../../../local/toolchain/releases";
import { checkout } from "../../../local/support/paths";
import { cutOff, inTurn, LoopbackHosts, type Play, sends } from "./loopback-hosts";

function official(name: ReleaseName): Release {
  const release = officialRelease(name, "linux", "x64");
  assert.ok(release);
  return release;
}

const kubectl = official("kubectl");
const etcd = official("etcd");
const pulumi = official("pulumi");
const kwok = official("kwok");

const binary = Buffer.alloc(1_600_000, "an executable\n");
const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");
const fileName = ({ url }: Release) => path.basename(url);

/** What is said during some work, durations as `T`. */
async function said<T>(work: () => Promise<T>): Promise<{ result: T; lines: string[] }> {
  const write = process.stderr.write.bind(process.stderr);
  let text = "";
  process.stderr.write = (chunk: string | Uint8Array) => ((text += String(chunk)), true);
  try {
    const result = await work();
    const lines = stripVTControlCharacters(text).split("\n").slice(0, -1);
    return { result, lines: lines.map((line) => line.replace(/\(\d+\.\d s\)$/, "(T)")) };
  } finally {
    process.stderr.write = write;
  }
}

describe("download of official releases", () => {
  let hosts: LoopbackHosts;
  let scratch: string;
  let downloader: Downloader;
  let folder: string;

  beforeEach(async () => {
    hosts = await LoopbackHosts.start();
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "download-"));
    folder = path.join(scratch, "cache", "tool");
    downloader = new Downloader({ hosts: [], locate: hosts.locate, silence: 500, answerWithin: 2_000 });
  });

  afterEach(() => {
    hosts.stop();
    fs.rmSync(scratch, { recursive: true });
  });

  /** Serves a release whose checksum is that of `content`. */
  function serve(release: Release, content: Buffer, play: Buffer | Play = content): void {
    hosts.files.set(release.url, play);
    hosts.files.set(checksumUrl(release), `${sha256(content)}  ${fileName(release)}\n`);
  }

  function archive(release: Release, executables: readonly string[] = release.executables): Buffer {
    const packed = path.join(scratch, "packed");
    const members = [...executables, "LICENSE"].map((name) => path.join(release.archiveFolder ?? "", name));
    for (const member of members) {
      fs.mkdirSync(path.dirname(path.join(packed, member)), { recursive: true });
      fs.writeFileSync(path.join(packed, member), `this is ${path.basename(member)}\n`, { mode: 0o600 });
    }
    return execFileSync("tar", ["-czf", "-", "-C", packed, ...members]);
  }

  const download = (release: Release) => said(() => downloader.download(release, folder));
  const left = () => fs.readdirSync(path.dirname(folder));

  function assertNothing({ result, lines }: Awaited<ReturnType<typeof download>>, expected: readonly string[]): void {
    assert.equal(result, undefined);
    assert.deepEqual(lines, expected);
    assert.deepEqual(left(), []);
  }

  function assertExecutable(name: string, content: Buffer | string): void {
    const file = path.join(folder, name);
    assert.equal(fs.statSync(file).mode & 0o777, 0o755);
    assert.deepEqual(fs.readFileSync(file), Buffer.from(content));
  }

  describe("that is good", () => {
    const lines = (name: string, size: string) => [
      `· Downloading ${name} (${size}, once) …`,
      `✓ Downloading ${name} (${size}, once) (T)`,
    ];

    it("is an executable, with bare hex beside it", async () => {
      hosts.files.set(kubectl.url, binary);
      hosts.files.set(checksumUrl(kubectl), `${sha256(binary)}\n`);
      assert.deepEqual(await download(kubectl), { result: folder, lines: lines("kubectl v1.36.2", "2 MB") });
      assert.deepEqual(fs.readdirSync(folder), ["kubectl"]);
      assertExecutable("kubectl", binary);
      assert.deepEqual(left(), ["tool"]);
    });

    it("is several executables of an archive, with a file of many checksums", async () => {
      const content = archive(pulumi);
      serve(pulumi, content);
      hosts.files.set(checksumUrl(pulumi), `${"0".repeat(64)}  sdk.whl\n${sha256(content)} *${fileName(pulumi)}\n`);
      assert.deepEqual(await download(pulumi), { result: folder, lines: lines(`pulumi ${pulumi.version}`, "1 MB") });
      assert.deepEqual(fs.readdirSync(folder).sort(), ["pulumi", "pulumi-language-nodejs", "pulumi-language-yaml"]);
      assertExecutable("pulumi", "this is pulumi\n");
      assertExecutable("pulumi-language-nodejs", "this is pulumi-language-nodejs\n");
    });

    it("is in a folder of its archive, or at the root", async () => {
      for (const release of [etcd, official("coredns")]) {
        serve(release, archive(release));
        folder = path.join(scratch, "cache", release.name);
        assert.equal((await download(release)).result, folder);
        assertExecutable(release.name, `this is ${release.name}\n`);
      }
    });

    it("has its checksum in GitHub's answer about the release", async () => {
      serve(kwok, binary);
      const assets = [{ name: "kwok-linux-amd64", digest: `sha256:${sha256(binary)}` }];
      hosts.files.set(checksumUrl(kwok), JSON.stringify({ assets }));
      assert.equal((await download(kwok)).result, folder);
      assertExecutable("kwok", binary);
    });

    it("may be of unknown size", async () => {
      serve(kubectl, binary, (_, response) => {
        response.write(binary.subarray(0, 10));
        response.end(binary.subarray(10));
      });
      assert.deepEqual((await download(kubectl)).lines, [
        "· Downloading kubectl v1.36.2 (once) …",
        "✓ Downloading kubectl v1.36.2 (once) (T)",
      ]);
    });

    it("may be at another host, where the first one redirects to", async () => {
      const elsewhere = "https://objects.example.com/kubectl";
      serve(kubectl, binary, (_, response) => response.writeHead(302, { location: elsewhere }).end());
      hosts.files.set(elsewhere, binary);
      assert.equal((await download(kubectl)).result, folder);
      assertExecutable("kubectl", binary);
    });

    it("is not asked for again", async () => {
      serve(kubectl, binary);
      await download(kubectl);
      const asked = hosts.asked.length;
      assert.deepEqual(await download(kubectl), { result: folder, lines: [] });
      assert.equal(hosts.asked.length, asked);
    });

    it("is one download for two who want it at once", async () => {
      serve(kubectl, binary);
      const { result, lines } = await said(() => Promise.all([1, 2].map(() => downloader.download(kubectl, folder))));
      assert.deepEqual(result, [folder, folder]);
      assert.equal(lines.length, 2);
      assert.equal(hosts.count(kubectl.url), 1);
    });
  });

  describe("with a checksum that", () => {
    const notDownloaded = (problem: string) => `kubectl v1.36.2 is not downloaded: ${problem}`;

    it("differs is not used", async () => {
      serve(kubectl, binary, Buffer.alloc(binary.length, "another program\n"));
      assertNothing(await download(kubectl), [
        "· Downloading kubectl v1.36.2 (2 MB, once) …",
        "✗ Downloading kubectl v1.36.2 (2 MB, once) (T)",
        "kubectl v1.36.2 is not used: https://dl.k8s.io/release/v1.36.2/bin/linux/amd64/kubectl has not the checksum that " +
          "https://dl.k8s.io/release/v1.36.2/bin/linux/amd64/kubectl.sha256 gives.",
      ]);
      assert.equal(hosts.count(kubectl.url), 1);
    });

    it("is missing ends before the file is asked for", async () => {
      serve(kubectl, binary);
      hosts.files.set(checksumUrl(kubectl), `${sha256(binary)}  kubelet\n`);
      assertNothing(await download(kubectl), [notDownloaded(`${kubectl.url}.sha256 has no SHA-256 of kubectl.`)]);
      assert.equal(hosts.count(kubectl.url), 0);
    });

    it("has no file ends so too", async () => {
      hosts.files.set(kubectl.url, binary);
      assertNothing(await download(kubectl), [notDownloaded(`${kubectl.url}.sha256 answers 404.`)]);
      assert.equal(hosts.count(kubectl.url), 0);
    });
  });

  describe("that breaks", () => {
    const size = "(2 MB, once)";
    const twice = (problem: string) =>
      `kubectl v1.36.2 is not downloaded: ${kubectl.url} was asked for twice, and ${problem}; nothing more is asked of dl.k8s.io.`;

    it("off once is asked for again", async () => {
      serve(kubectl, binary, inTurn(cutOff(binary), sends(binary)));
      assert.deepEqual(await download(kubectl), {
        result: folder,
        lines: [`· Downloading kubectl v1.36.2 ${size} …`, `✓ Downloading kubectl v1.36.2 ${size} (T)`],
      });
      assertExecutable("kubectl", binary);
    });

    it("off twice is given up, and its host with it", async () => {
      serve(kubectl, binary, cutOff(binary));
      assertNothing(await download(kubectl), [
        `· Downloading kubectl v1.36.2 ${size} …`,
        `✗ Downloading kubectl v1.36.2 ${size} (T)`,
        twice("dl.k8s.io ends the connection"),
      ]);
      assert.equal(hosts.count(kubectl.url), 2);
      assertNothing(await download(official("kubelet")), []);
      serve(etcd, archive(etcd));
      assert.equal((await download(etcd)).result, folder);
    });

    it("off in an orderly way, too short, is no better", async () => {
      serve(kubectl, binary, (_, response) => {
        response.writeHead(200, { "content-length": binary.length, connection: "close" });
        response.write("an", () => response.socket?.end());
      });
      assert.deepEqual((await download(kubectl)).lines.at(-1), twice("dl.k8s.io ends the connection"));
      assert.deepEqual(left(), []);
    });

    it("off within a body of unknown length", async () => {
      serve(kubectl, binary, (_, response) => response.write("an", () => response.destroy()));
      assert.deepEqual((await download(kubectl)).lines.at(-1), twice("dl.k8s.io ends the connection"));
    });

    it("off after the headers", async () => {
      serve(kubectl, binary, (_, response) => {
        response.writeHead(200, { "content-length": binary.length }).flushHeaders();
        setImmediate(() => response.destroy());
      });
      assert.deepEqual((await download(kubectl)).lines.at(-1), twice("dl.k8s.io ends the connection"));
      assert.deepEqual(left(), []);
    });

    it("before it begins", async () => {
      serve(kubectl, binary, (request) => request.socket.destroy());
      assertNothing(await download(kubectl), [twice("dl.k8s.io ends the connection")]);
      assert.equal(hosts.count(kubectl.url), 2);
    });

    it("by silence", async () => {
      serve(kubectl, binary, (_, response) => {
        response.writeHead(200, { "content-length": binary.length }).write("an");
      });
      assert.deepEqual((await download(kubectl)).lines.at(-1), twice("dl.k8s.io does not answer in time"));
      assert.deepEqual(left(), []);
    });

    it("with an error of the server", async () => {
      serve(kubectl, binary, (_, response) => response.writeHead(503).end("busy"));
      assertNothing(await download(kubectl), [twice("dl.k8s.io answers 503")]);
      assert.equal(hosts.count(kubectl.url), 2);
    });

    it("with a redirect to plain HTTP", async () => {
      serve(kubectl, binary, (_, response) => response.writeHead(302, { location: "http://example.com/" }).end());
      assertNothing(await download(kubectl), [twice("dl.k8s.io redirects to something else than HTTPS")]);
    });

    it("for two who wait says so once", async () => {
      serve(kubectl, binary, (request) => request.socket.destroy());
      const { result, lines } = await said(() => Promise.all([1, 2].map(() => downloader.download(kubectl, folder))));
      assert.deepEqual(result, [undefined, undefined]);
      assert.deepEqual(lines, [twice("dl.k8s.io ends the connection")]);
    });
  });

  it("says 404, and asks once", async () => {
    hosts.files.set(checksumUrl(kubectl), sha256(binary));
    assertNothing(await download(kubectl), [`kubectl v1.36.2 is not downloaded: ${kubectl.url} answers 404.`]);
    assert.equal(hosts.count(kubectl.url), 1);
  });

  describe("with a right checksum of a wrong archive", () => {
    const lines = (problem: string) => [
      `· Downloading pulumi ${pulumi.version} (1 MB, once) …`,
      `✗ Downloading pulumi ${pulumi.version} (1 MB, once) (T)`,
      `pulumi ${pulumi.version} is not used: ${pulumi.url} ${problem}.`,
    ];

    it("that lacks an executable", async () => {
      serve(pulumi, archive(pulumi, ["pulumi", "pulumi-language-yaml"]));
      assertNothing(await download(pulumi), lines("has no pulumi/pulumi-language-nodejs"));
    });

    it("that has a link in its place", async () => {
      const packed = path.join(scratch, "packed", "pulumi");
      archive(pulumi);
      fs.rmSync(path.join(packed, "pulumi"));
      fs.symlinkSync("/bin/sh", path.join(packed, "pulumi"));
      serve(pulumi, execFileSync("tar", ["-czf", "-", "-C", path.dirname(packed), "pulumi"]));
      assertNothing(await download(pulumi), lines("has no pulumi/pulumi"));
    });

    it("that is none", async () => {
      serve(pulumi, Buffer.from("<html>"));
      assertNothing(
        await download(pulumi),
        lines("has no pulumi/pulumi, pulumi/pulumi-language-nodejs, pulumi/pulumi-language-yaml"),
      );
    });
  });

  describe("on a closed network", () => {
    const never: Play = () => undefined;

    it("is given up without a word, and asked once", async () => {
      serve(kubectl, binary);
      hosts.files.set("https://dl.k8s.io/", never);
      downloader = new Downloader({ hosts: ["get.helm.sh", "github.com"], locate: hosts.locate, answerWithin: 100 });
      const start = performance.now();
      assertNothing(await download(kubectl), []);
      assertNothing(await download(official("kubelet")), []);
      assert.ok(performance.now() - start < 1_500);
      // All at the first need, each once.
      assert.deepEqual(hosts.asked.sort(), [
        "HEAD https://dl.k8s.io/",
        "HEAD https://get.helm.sh/",
        "HEAD https://github.com/",
      ]);
    });

    it("is given up for the checksum's host alone, too", async () => {
      serve(kwok, binary);
      hosts.files.set("https://api.github.com/", never);
      downloader = new Downloader({ hosts: [], locate: hosts.locate, answerWithin: 100 });
      assertNothing(await download(kwok), []);
    });

    it("asks through the proxy of the environment, and takes its refusal for silence", async () => {
      const tunnels: string[] = [];
      const proxy = http.createServer().on("connect", (request, socket) => {
        tunnels.push(request.url ?? "");
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      });
      proxy.listen(0, "127.0.0.1");
      await once(proxy, "listening");
      const before = process.env.HTTPS_PROXY;
      process.env.HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      try {
        downloader = new Downloader({ hosts: [] });
        const release = {
          ...kubectl,
          url: "https://releases.invalid/kubectl",
          checksum: { file: "https://sums.invalid/" },
        };
        assertNothing(await download(release), []);
        assert.deepEqual(tunnels.sort(), ["releases.invalid:443", "sums.invalid:443"]);
      } finally {
        if (before === undefined) delete process.env.HTTPS_PROXY;
        else process.env.HTTPS_PROXY = before;
        proxy.close();
      }
    });
  });

  describe("of a killed run", function () {
    this.timeout(60_000); // a process of its own on a busy machine
    let child: ReturnType<typeof spawn>;

    beforeEach(async () => {
      const begun = new Promise<void>((resolve) => {
        serve(kubectl, binary, (_, response) => {
          response.writeHead(200, { "content-length": binary.length });
          response.write(binary.subarray(0, 1_000), () => resolve());
        });
      });
      const script = `
        const { Downloader } = require("./local/toolchain/download");
        const locate = (url) => new URL(process.argv[1] + "/" + url.host + url.pathname);
        new Downloader({ hosts: [], locate }).download(JSON.parse(process.argv[2]), process.argv[3]);`;
      const args = ["-r", "tsx/cjs", "-e", script, hosts.address, JSON.stringify(kubectl), folder];
      child = spawn(process.execPath, args, { cwd: checkout, stdio: "ignore" });
      await begun;
      while (!left().some((name) => fs.existsSync(path.join(path.dirname(folder), name, ".download"))))
        await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill("SIGKILL");
      await once(child, "exit");
      assert.deepEqual(left(), [`tool.tmp-${child.pid}`]);
    });

    it("is no release, and is swept by the next one", async () => {
      hosts.files.set(kubectl.url, binary);
      assert.equal((await download(kubectl)).result, folder);
      assertExecutable("kubectl", binary);
      assert.deepEqual(left(), ["tool"]);
    });

    it("is swept on a network that is closed by then", async () => {
      hosts.files.set("https://dl.k8s.io/", () => undefined);
      downloader = new Downloader({ hosts: [], locate: hosts.locate, answerWithin: 100 });
      assertNothing(await download(kubectl), []);
    });
  });
});
