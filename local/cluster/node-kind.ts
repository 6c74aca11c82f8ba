import { readOr } from "../support/read-or";
import { UserError } from "../../components/user-error";

/**
 * `real`: a kubelet with containerd, in namespaces of its own. `simulated`: KWOK says of every pod what a kubelet would, and nothing
 * is pulled or run; API server, controllers and registry are the same programs, as ordinary processes on the loopback.
 */
export type NodeKind = "real" | "simulated";

/** What decides which kind of node a machine can have. */
export interface Machine {
  /** As Node.js names it, such as `linux`. */
  readonly platform: string;
  /** User id; `undefined` where there are none. */
  readonly uid: number | undefined;
  /** `/proc/self/status`, or nothing. */
  readonly status: string;
  /** `/proc/self/mounts`, or nothing. */
  readonly mounts: string;
  /** `/proc/self/uid_map`, or nothing. */
  readonly uidMap: string;
}

/** What making the node's namespaces, mounts and network link takes, and entering them; bit numbers of capabilities(7). */
const capabilities = { CAP_NET_ADMIN: 12, CAP_SYS_CHROOT: 18, CAP_SYS_ADMIN: 21 };

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    status: readOr("/proc/self/status", ""),
    mounts: readOr("/proc/self/mounts", ""),
    uidMap: readOr("/proc/self/uid_map", ""),
  };
}

/** Which kind of node `LOCAL_NODE` asks for, or the best that this machine can have; an empty value asks for nothing. */
export function nodeKind(wanted = process.env.LOCAL_NODE, machine = thisMachine()): NodeKind {
  if (wanted === "simulated") return wanted;
  if (wanted !== undefined && wanted !== "" && wanted !== "real")
    throw new UserError(`LOCAL_NODE is "${wanted}"; set it to real or simulated, or leave it out.`);
  const obstacle = obstacleOf(machine);
  if (obstacle === undefined) return "real";
  if (wanted === "real")
    throw new UserError(
      `LOCAL_NODE=real cannot be had here: ${obstacle}, or leave LOCAL_NODE out for a simulated node.`,
    );
  return "simulated";
}

/** Why a machine cannot have a real node, and what to do about it; the first reason is enough. */
function obstacleOf({ platform, uid, status, mounts, uidMap }: Machine): string | undefined {
  if (platform !== "linux") return "a real node needs Linux; use a Linux machine";
  if (uid !== 0) return "a real node needs root; run this as root";
  if (!/^\s*0\s+0\s+4294967295\s*$/.test(uidMap))
    return "a real node needs the machine's own root, and this is a container's; run the container with one that is not rootless";
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const lacking = Object.entries(capabilities).filter(([, bit]) => ((held >> BigInt(bit)) & 1n) === 0n);
  if (lacking.length > 0) {
    const names = lacking.map(([name]) => name).sort();
    return `a real node needs ${names.join(", ")}, which root has not in this container; run the container as a privileged one`;
  }
  if (!hasCgroups(mounts))
    return "a real node needs cgroups below /sys/fs/cgroup that can be written to; run the container as a privileged one";
  return undefined;
}

function hasCgroups(mounts: string): boolean {
  return mounts.split("\n").some((line) => {
    const [, place = "", type = "", options = ""] = line.split(" ");
    return place.startsWith("/sys/fs/cgroup") && /^cgroup2?$/.test(type) && options.split(",").includes("rw");
  });
}
