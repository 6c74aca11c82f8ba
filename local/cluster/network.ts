import { run } from "../../commands/process";
import { serviceCidr, type Places } from "./places";
import { withLock } from "./lock";
import { runIn } from "./node";

/** A /30 between host and node. */
interface Network {
  readonly host: string;
  readonly node: string;
}

interface Interface {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen?: number }[];
}
interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** Inclusive bounds of an IPv4 range. */
type Range = readonly [number, number];

/**
 * Links the node to the host, and resolves to the node's address. Takes the remembered one if its network is still free, else
 * `undefined` comes back and nothing is made.
 */
export function connectNode(places: Places, node: number, remembered: string | undefined): Promise<string | undefined> {
  // Two checkouts that start at once must not choose the same network.
  return withLock("network", places.folder, async () => {
    const used = await usedRanges();
    const network = remembered === undefined ? freeNetwork(Number.parseInt(places.id, 16), used) : around(remembered);
    if (overlaps(rangeOf(`${network.host}/30`), used)) return undefined;
    await run("ip", ["link", "add", places.link, "type", "veth", "peer", "name", "eth0", "netns", String(node)]);
    await run("ip", ["address", "add", `${network.host}/30`, "dev", places.link]);
    await run("ip", ["link", "set", places.link, "up"]);
    for (const args of [
      ["address", "add", `${network.node}/30`, "dev", "eth0"],
      ["link", "set", "eth0", "up"],
      // No way out, on purpose: a forgotten public image fails at once. Service addresses only need any route at all.
      ["route", "add", serviceCidr, "dev", "eth0"],
    ]) {
      const result = await runIn(node, "ip", args);
      if (result.code !== 0) throw new Error(`ip ${args.join(" ")} in the node: ${result.stderr.trim()}`);
    }
    return network.node;
  });
}

/** The network of an address in it. */
function around(address: string): Network {
  const [first] = rangeOf(`${address}/30`);
  return { host: dotted(first + 1), node: dotted(first + 2) };
}

/** The first free /30 of 10.200.0.0/13, searched from a place that differs by checkout. */
export function freeNetwork(seed: number, used: readonly Range[]): Network {
  const [first, last] = rangeOf("10.200.0.0/13");
  const count = (last - first + 1) / 4;
  for (let i = 0; i < count; i++) {
    const base = first + ((seed + i) % count) * 4;
    if (!overlaps([base, base + 3], used)) return around(dotted(base));
  }
  throw new Error("No free /30 network in 10.200.0.0/13 for the local cluster.");
}

async function usedRanges(): Promise<Range[]> {
  const interfaces = JSON.parse(await run("ip", ["-json", "-4", "address"])) as Interface[];
  const routes = JSON.parse(await run("ip", ["-json", "-4", "route", "show", "table", "all"])) as Route[];
  const addresses = interfaces.flatMap(({ addr_info }) =>
    addr_info.map(({ local, prefixlen }) => `${local ?? "127.0.0.1"}/${prefixlen ?? 32}`),
  );
  // Very wide routes (a VPN's 0.0.0.0/1) cover everything; a narrower one of ours beats them.
  const destinations = routes
    .map(({ dst }) => dst)
    .filter((dst) => /^\d/.test(dst) && Number(dst.split("/")[1] ?? 32) > 8);
  return [...addresses, ...destinations].map(rangeOf);
}

/** `10.0.0.1/30` → the range of its network; without a length, one address. */
export function rangeOf(cidr: string): Range {
  const [address = "", length = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(value / size) * size;
  return [first, first + size - 1];
}

const overlaps = ([first, last]: Range, used: readonly Range[]) =>
  used.some(([from, to]) => first <= to && from <= last);
const dotted = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
