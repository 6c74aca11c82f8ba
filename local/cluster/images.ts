import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { readOr } from "../support/read-or";
import { step } from "../../commands/terminal";
import { buildSmallProgram, smallSources, smallVersions, type SmallVersion } from "../toolchain/small-programs";
import type { Places } from "./places";
import { writeImage, type Image } from "./oci-image";
import { pkiFile } from "./pki";
import { pushImage } from "./push-image";
import { setUser } from "./registry";
import { writeWhole, type State } from "./state";

/** Builds the stand-in images and pushes them, unless the registry has these very images. */
export async function pushStandIns(places: Places, { tools, servers }: State): Promise<void> {
  const record = path.join(places.folder, "pushed-images");
  const wanted = fingerprint();
  if (readOr(record, "") === wanted) return;
  await step("Building the stand-in images and pushing them to the registry", async () => {
    const server = `${servers.address}:${servers.registry}`;
    const folder = path.join(places.folder, "stand-ins");
    mkdirSync(folder, { recursive: true });
    const login = { username: "pusher", password: randomBytes(24).toString("hex") };
    await setUser(places, login.username, login.password);
    const registry = { server, ca: readFileSync(pkiFile(places, "ca.crt"), "utf8"), ...login };
    // What nothing will ever run needs no program in it.
    const build = tools.kind === "real" ? buildSmallProgram : emptyProgram(folder);
    for (const image of await standIns(build)) {
      const from = path.join(folder, "image");
      await writeImage(from, image);
      const [name = "", tag = ""] = image.name.split(":");
      await pushImage(from, registry, name, tag);
    }
    rmSync(folder, { recursive: true });
    writeWhole(record, wanted);
  });
}

/** Makes the program of a version; resolves to its file. */
type Build = (version: SmallVersion) => Promise<string>;

const emptyProgram =
  (folder: string): Build =>
  (version) => {
    const file = path.join(folder, version);
    writeFileSync(file, `${version}\n`);
    return Promise.resolve(file);
  };

async function standIns(build: Build): Promise<Image[]> {
  const image = (
    name: string,
    from: string,
    programs: readonly string[],
    user: string,
    config: Partial<Image["config"]>,
  ): Image => {
    const [main = "", ...others] = programs;
    return {
      name,
      files: [{ from, to: main }],
      links: Object.fromEntries([...others, "/bin/sh"].map((link) => [link, main])),
      users: [user],
      config: { Entrypoint: [path.basename(main)], ...config },
    };
  };
  const images: Image[] = [];
  for (const version of smallVersions) {
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
  for (const source of smallSources()) hash.update(source);
  for (const name of ["images.ts", "oci-image.ts"]) hash.update(readFileSync(path.join(__dirname, name)));
  return hash.digest("hex");
}
