import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { mirrorImages } from "../../local/mirror";
import { UserError } from "../../components/user-error";
import { ensureSkopeo } from "../../local/toolchain";
import { FakeRegistry, testCertificate, type Script } from "../support/fake-registry";
import { RealRegistry } from "../support/real-registry";

const fleet = { name: "fleetdm/fleet:v4.85.0", key: "fleet:imageTag" };
const mysql = { name: "library/mysql:8.4.6", key: "fleet:mysqlImage" };
const login = { username: "mirror", password: "pa55-of-the-mirror" };

const digest = (content: string | Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
const described = (mediaType: string, content: string | Buffer) => ({
  mediaType,
  size: content.length,
  digest: digest(content),
});

// More than one read of a socket, so that half of it is something.
const layer = randomBytes(3_000_000);
const configuration = JSON.stringify({
  architecture: process.arch === "x64" ? "amd64" : process.arch,
  os: "linux",
  rootfs: { type: "layers", diff_ids: [digest(layer)] },
});
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: manifestType,
  config: described("application/vnd.oci.image.config.v1+json", configuration),
  layers: [described("application/vnd.oci.image.layer.v1.tar", layer)],
});

/** A public registry that has these images, whatever they are called. */
const whole: Script = ({ url }, _, response) => {
  if (url.includes("/manifests/")) return { status: 200, headers: { "content-type": manifestType }, body: manifest };
  if (url.endsWith(digest(configuration))) return { status: 200, body: configuration };
  if (!url.endsWith(digest(layer))) return { status: 200, body: "{}" };
  response.end(layer);
  return "written";
};

const problem = (status: number, code: string, message: string, headers = {}) => ({
  status,
  headers,
  body: JSON.stringify({ errors: [{ code, message }] }),
});

describe("the mirror of public images", function () {
  this.timeout(60_000);
  let registry: RealRegistry;
  let skopeo = "";
  let source: FakeRegistry;
  let script: Script;

  before(async function () {
    try {
      skopeo = await ensureSkopeo();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(`    SKIPPED: ${error.message}`);
      this.skip();
    }
    registry = await RealRegistry.create();
    await registry.start(await registry.htpasswd({ [login.username]: login.password }));
    fs.writeFileSync(path.join(registry.folder, "ca.crt"), testCertificate().ca);
  });
  beforeEach(async () => {
    script = whole;
    source = await FakeRegistry.start((...request) => script(...request), { tls: "none" });
  });
  afterEach(async () => {
    await source.close();
    fs.rmSync(registry.images, { recursive: true, force: true });
  });
  after(() => registry?.remove());

  const mirrorFrom = (server: string, ...images: (typeof fleet)[]) => {
    const { host, folder } = registry;
    const to = { ...login, server: host, caFile: path.join(folder, "ca.crt"), folder };
    return mirrorImages(skopeo, images, to, { server, flags: ["--src-tls-verify=false"] });
  };
  const mirror = (...images: (typeof fleet)[]) => mirrorFrom(source.host, ...images);

  /** What the registry has, as `repository:tag`. */
  const copies = (): string[] => {
    const root = path.join(registry.images, "docker", "registry", "v2", "repositories");
    const tags = fs.existsSync(root) ? fs.readdirSync(root, { recursive: true, encoding: "utf8" }) : [];
    return tags.flatMap((file) => /^(.*)\/_manifests\/tags\/([^/]+)$/.exec(file)?.slice(1, 3).join(":") ?? []).sort();
  };

  /** The sentence that says why nothing more is copied. */
  const refused = async (...images: (typeof fleet)[]): Promise<string> => {
    const error: unknown = await mirror(...images).catch((reason: unknown) => reason);
    assert.ok(error instanceof UserError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    assert.equal(error.message.includes(login.password), false);
    return error.message.replaceAll(source.host, "docker.io");
  };

  const couldNot = ({ name }: typeof fleet) => `docker.io/${name} could not be copied into the local registry: `;

  it("has every image below the public registry's name, and leaves nothing else on this machine", async () => {
    const isThere = fs.existsSync("/var/lib/containers");
    await mirror(fleet, mysql);
    assert.deepEqual(copies(), ["docker.io/fleetdm/fleet:v4.85.0", "docker.io/library/mysql:8.4.6"]);
    assert.equal(fs.existsSync("/var/lib/containers"), isThere);
    assert.equal(fs.existsSync(path.join(registry.folder, "mirror")), false);
  });

  it("asks the public registry nothing about an image that it has", async () => {
    await mirror(fleet);
    source.requests.length = 0;
    await mirror(fleet);
    assert.deepEqual(source.lines, []);
  });

  it("that breaks half-way says so, and goes on where it ended", async () => {
    script = (request, socket, response) => {
      if (!request.url.includes(`mysql/blobs/${digest(layer)}`)) return whole(request, socket, response);
      response.writeHead(200, { "content-length": layer.length });
      response.write(layer.subarray(0, layer.length / 2), () => socket.destroy());
      return "written";
    };
    const sentence = await refused(mysql);
    assert.equal(
      sentence,
      `${couldNot(mysql)}the connection broke (happened during read: unexpected EOF); ` +
        "run make local FLEET=real again: it goes on where this ended.",
    );
    assert.deepEqual(copies(), []);

    script = whole;
    await mirror(fleet, mysql);
    assert.deepEqual(copies(), ["docker.io/fleetdm/fleet:v4.85.0", "docker.io/library/mysql:8.4.6"]);
  });

  it("that meets a rate limit keeps what it has, and names the wait and the login", async () => {
    const words = "You have reached your unauthenticated pull rate limit.";
    script = (request, socket, response) =>
      request.url.includes("mysql/manifests/")
        ? problem(429, "TOOMANYREQUESTS", words, { "retry-after": "0" })
        : whole(request, socket, response);
    assert.equal(
      await refused(fleet, mysql),
      `${couldNot(mysql)}the rate limit of docker.io is reached (reading manifest 8.4.6 in docker.io/library/mysql: ` +
        `toomanyrequests: ${words}); log in with skopeo login docker.io, or wait, then run make local FLEET=real again.`,
    );
    assert.deepEqual(copies(), ["docker.io/fleetdm/fleet:v4.85.0"]);

    script = whole;
    source.requests.length = 0;
    await mirror(fleet, mysql);
    assert.deepEqual(copies(), ["docker.io/fleetdm/fleet:v4.85.0", "docker.io/library/mysql:8.4.6"]);
    assert.equal(source.lines.join("\n").includes("fleetdm/fleet"), false);
  });

  it("that finds no such tag names the key to set", async () => {
    script = (request, socket, response) =>
      request.url.includes("/manifests/")
        ? problem(404, "MANIFEST_UNKNOWN", "manifest unknown")
        : whole(request, socket, response);
    assert.equal(
      await refused(fleet),
      `${couldNot(fleet)}docker.io has no such image (reading manifest v4.85.0 in docker.io/fleetdm/fleet: ` +
        "manifest unknown); set fleet:imageTag in Pulumi.dev.yaml to one that it has.",
    );
  });

  it("says the same where a registry denies what it does not have", async () => {
    script = (request, socket, response) =>
      request.url.includes("/manifests/")
        ? problem(401, "DENIED", "requested access to the resource is denied")
        : whole(request, socket, response);
    assert.match(await refused(mysql), /docker\.io has no such image \(.*denied\); set fleet:mysqlImage in /);
  });

  it("that reaches no public registry says what needs none", async () => {
    await assert.rejects(mirrorFrom("127.0.0.1:1", fleet), ({ message }: Error) => {
      const known =
        /^127\.0\.0\.1:1\/fleetdm\/fleet:v4\.85\.0 could not be copied into the local registry: this machine does not /;
      assert.match(message, known);
      assert.match(
        message,
        /reach 127\.0\.0\.1:1 \(.*: connection refused\); open the network to it, or run make local without FLEET, /,
      );
      return true;
    });
  });

  it("passes on what it knows nothing about", async () => {
    script = (request, socket, response) =>
      request.url.includes("/manifests/") ? { status: 503 } : whole(request, socket, response);
    assert.equal(
      await refused(fleet),
      `${couldNot(fleet)}skopeo failed (reading manifest v4.85.0 in docker.io/fleetdm/fleet: ` +
        "received unexpected HTTP status: 503 Service Unavailable); run make local FLEET=real again, or make local without FLEET.",
    );
  });
});
