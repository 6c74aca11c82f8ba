import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import * as path from "node:path";

import { run } from "../support/run";
import { step } from "../support/terminal";
import type { ClusterTools } from "../toolchain";
import { registryCertificates } from "./container-runtime";
import { registryPort, type Layout } from "./layout";
import { runIn } from "./node";
import { writeImage, type Image } from "./oci-image";
import { setUser } from "./registry";
import { writeWhole } from "./state";

const source = path.resolve(__dirname, "..", "images");

/** Builds the stand-in images and pushes them, unless the registry has these very images. */
export async function pushStandIns(layout: Layout, tools: ClusterTools, node: number, address: string): Promise<void> {
  const record = path.join(layout.folder, "pushed-images");
  const wanted = fingerprint();
  if (readOr(record, "") === wanted) return;
  await step("Building the stand-in images and pushing them to the registry", async () => {
    const server = `${address}:${registryPort}`;
    const folder = path.join(layout.folder, "stand-ins");
    mkdirSync(folder, { recursive: true });
    const login = path.join(folder, "login.json");
    await writeLogin(layout, tools, server, login);
    const certificates = registryCertificates(layout, address);
    for (const image of await standIns(folder, tools, server)) {
      const from = path.join(folder, "image");
      await writeImage(from, image);
      // Inside the node: no proxy of this shell, no registries.conf lookup outside, and its temporary files go with it.
      const where = [
        "--dest-authfile",
        login,
        "--dest-cert-dir",
        certificates,
        `oci:${from}`,
        `docker://${image.name}`,
      ];
      const result = await runIn(node, tools.skopeo, ["--insecure-policy", "copy", "--quiet", ...where]);
      if (result.code !== 0) throw new Error(`${image.name} could not be pushed: ${result.stderr.trim()}`);
    }
    rmSync(folder, { recursive: true });
    writeWhole(record, wanted);
  });
}

async function writeLogin(layout: Layout, tools: ClusterTools, server: string, file: string): Promise<void> {
  const password = randomBytes(24).toString("hex");
  await setUser(layout, tools, "pusher", password);
  const auth = Buffer.from(`pusher:${password}`).toString("base64");
  writeWhole(file, JSON.stringify({ auths: { [server]: { auth } } }));
}

async function standIns(folder: string, tools: ClusterTools, server: string): Promise<Image[]> {
  const build = async (version: string) => {
    const file = path.join(folder, version);
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w -X main.version=${version}`];
    await run(tools.go, ["build", ...flags, "-o", file, "."], { cwd: source, env: { CGO_ENABLED: "0", GOFLAGS: "" } });
    return file;
  };
  const image = (
    name: string,
    from: string,
    programs: readonly string[],
    user: string,
    config: Partial<Image["config"]>,
  ): Image => {
    const [main = "", ...others] = programs;
    return {
      name: `${server}/${name}`,
      files: [{ from, to: main }],
      links: Object.fromEntries([...others, "/bin/sh"].map((link) => [link, main])),
      users: [user],
      config: { Entrypoint: [path.basename(main)], ...config },
    };
  };
  const images: Image[] = [];
  for (const version of ["v4.85.0", "v4.86.0"]) {
    const file = await build(version);
    const fleet = { Entrypoint: ["/usr/bin/fleet"], User: "3333" };
    images.push(
      image(`fleetdm/fleet:${version}`, file, ["/usr/bin/fleet"], "fleet:x:3333:3333::/home/fleet:/bin/sh", fleet),
    );
    if (version !== "v4.85.0") continue;
    const mysql = ["/usr/sbin/mysqld", "/usr/bin/mysqladmin", "/usr/bin/mysqld"];
    images.push(image("library/mysql:8.4.6", file, mysql, "mysql:x:999:999::/var/lib/mysql:/bin/sh", {}));
    const valkey = ["/usr/local/bin/valkey-server", "/usr/local/bin/valkey-cli"];
    images.push(image("valkey/valkey:8.1.4", file, valkey, "valkey:x:999:999::/data:/bin/sh", {}));
  }
  return images;
}

/** Changes with everything that goes into the images. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(source).sort())
    if (/\.go$|^go\.mod$/.test(name)) hash.update(readFileSync(path.join(source, name)));
  for (const name of ["images.ts", "oci-image.ts"]) hash.update(readFileSync(path.join(__dirname, name)));
  return hash.digest("hex");
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
