import { copyFileSync, mkdirSync, statfsSync } from "node:fs";
import * as path from "node:path";

import type { RealTools } from "../toolchain";
import type { Component } from "./component";
import { podCidr, type Places } from "./places";
import { runIn } from "./node";
import { writeImage } from "./oci-image";
import { pkiFile } from "./pki";
import type { Servers } from "./servers";
import { writeWhole } from "./state";

export const containerdSocket = "/run/containerd/containerd.sock";
const pauseImage = "localhost/pause:1";

/** The number by which Linux knows the file system. */
const overlayfs = 0x794c7630;

const configFile = (places: Places) => path.join(places.folder, "containerd.toml");
const cniFolder = (places: Places) => path.join(places.folder, "cni");
const registriesFolder = (places: Places) => path.join(places.folder, "registries");

/** A string in TOML: what JSON escapes, TOML escapes alike. */
const quoted = (text: string) => JSON.stringify(text);

/** containerd 1.6 with runc. Its socket and all that a restart makes void are in /run, its images and containers in /var/lib. */
export function containerd(places: Places, tools: RealTools): Component {
  return { name: "containerd", command: tools.containerd, args: ["--config", configFile(places)] };
}

export function writeContainerdConfig(places: Places, tools: RealTools, servers: Servers): void {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  // In a container the state folder often lies on an overlay, and one overlay cannot hold the upper layer of another: copy instead.
  const snapshotter = statfsSync(places.folder).type === overlayfs ? "native" : "overlayfs";
  writeWhole(
    configFile(places),
    `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
# Snapshotters that are not used, and a plugin that makes a folder in /opt.
disabled_plugins = [${["snapshotter.v1.aufs", "snapshotter.v1.btrfs", "snapshotter.v1.devmapper", "snapshotter.v1.zfs", "internal.v1.opt"].map((name) => `"io.containerd.${name}"`).join(", ")}]
[grpc]
address = "${containerdSocket}"
[${cri}]
sandbox_image = "${pauseImage}"
# Without it runc fails where lowering a score is not allowed: "can't get final child's PID from pipe: EOF".
restrict_oom_score_adj = true
# containerd's profile would stay in the host's kernel.
disable_apparmor = true
[${cri}.cni]
bin_dir = ${quoted(tools.cniBinDir)}
conf_dir = ${quoted(cniFolder(places))}
[${cri}.registry]
config_path = ${quoted(registriesFolder(places))}
[${cri}.containerd]
snapshotter = "${snapshotter}"
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
BinaryName = ${quoted(tools.runc)}
SystemdCgroup = false
`,
  );
  // Point to point rather than a bridge: between two pods of one bridge a Service's answer finds its way back only where the kernel
  // has br_netfilter loaded.
  const ipam = {
    type: "host-local",
    dataDir: "/run/cni",
    ranges: [[{ subnet: podCidr }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  const plugins = [
    { type: "ptp", ipam },
    { type: "portmap", capabilities: { portMappings: true } },
  ];
  writeWhole(
    path.join(cniFolder(places), "10-pods.conflist"),
    JSON.stringify({ cniVersion: "0.4.0", name: "pods", plugins }),
  );
  // Without a hosts.toml, which can name only a mirror's authority, containerd reads the certificates that lie here.
  const certificates = path.join(registriesFolder(places), `${servers.address}:${servers.registry}`);
  mkdirSync(certificates, { recursive: true });
  copyFileSync(pkiFile(places, "ca.crt"), path.join(certificates, "ca.crt"));
}

/** Gives containerd the image of the container that holds a pod's namespaces. */
export async function importPauseImage(places: Places, tools: RealTools, node: number): Promise<void> {
  const image = path.join(places.folder, "pause-image");
  await writeImage(image, {
    name: pauseImage,
    files: [{ from: tools.busybox, to: "/bin/busybox" }],
    config: { Entrypoint: ["/bin/busybox", "sleep", "2147483647"], User: "65535:65535" },
  });
  const ctr = path.join(path.dirname(tools.containerd), "ctr");
  const archive = `${image}.tar`;
  const script = 'tar -C "$1" -cf "$2" . && exec "$3" --address "$4" --namespace k8s.io images import "$2"';
  const args = ["-c", script, "import", image, archive, ctr, containerdSocket];
  const result = await runIn(node, "/bin/sh", args, { timeout: 30_000 });
  if (result.code !== 0) throw new Error(`The pause image could not be imported: ${result.stderr.trim()}`);
}
