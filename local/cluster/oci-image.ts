import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";

export interface Image {
  /** Reference with a tag. */
  readonly name: string;
  readonly files: readonly { readonly from: string; readonly to: string }[];
  /** Symbolic links: path → target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Lines of /etc/passwd. */
  readonly users?: readonly string[];
  /** The `config` of an OCI image configuration. */
  readonly config: { readonly Entrypoint: readonly string[]; readonly User?: string; readonly Env?: readonly string[] };
}

/**
 * Writes an OCI image layout of one layer into `folder`, replacing what is there. The same input gives the same digest: no clock,
 * no owner and no order of the file system gets into it.
 */
export async function writeImage(folder: string, image: Image): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const root = path.join(folder, "root");
  const place = (name: string) => {
    const target = path.join(root, name);
    mkdirSync(path.dirname(target), { recursive: true });
    return target;
  };
  for (const { from, to } of image.files) {
    copyFileSync(from, place(to));
    chmodSync(place(to), 0o755);
  }
  for (const [link, target] of Object.entries(image.links ?? {})) symlinkSync(target, place(link));
  writeFileSync(place("/etc/passwd"), ["root:x:0:0:root:/:/bin/sh", ...(image.users ?? []), ""].join("\n"));
  const layer = path.join(folder, "layer.tar");
  await pack(root, layer);
  rmSync(root, { recursive: true });

  mkdirSync(path.join(folder, "blobs", "sha256"), { recursive: true });
  const addBlob = (mediaType: string, content: Buffer) => {
    const hash = createHash("sha256").update(content).digest("hex");
    writeFileSync(path.join(folder, "blobs", "sha256", hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const addJson = (kind: string, content: object) =>
    addBlob(`application/vnd.oci.image.${kind}.v1+json`, Buffer.from(JSON.stringify(content)));
  const layerBlob = addBlob("application/vnd.oci.image.layer.v1.tar", readFileSync(layer));
  rmSync(layer);
  const config = addJson("config", {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], ...image.config },
    rootfs: { type: "layers", diff_ids: [layerBlob.digest] },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = addJson("manifest", { schemaVersion: 2, mediaType, config, layers: [layerBlob] });
  const annotations = {
    "io.containerd.image.name": image.name,
    "org.opencontainers.image.ref.name": image.name.slice(image.name.lastIndexOf(":") + 1),
  };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(path.join(folder, "index.json"), JSON.stringify(index));
  writeFileSync(path.join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

/** The same bytes on every system, which the `tar` of none but GNU gives. */
async function pack(root: string, file: string): Promise<void> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  for (const place of names.map((name) => path.join(root, name))) {
    const stat = lstatSync(place);
    // Whatever the umask is, the image's user has to read it.
    if (!stat.isSymbolicLink()) chmodSync(place, (stat.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
  const { create } = await import("tar");
  // Portable: without owners, whom every reader takes for root.
  await create({ cwd: root, file, portable: true, mtime: new Date(0), noDirRecurse: true }, names);
}
