import * as fs from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as path from "node:path";
import { run } from "../../commands/process";
import { session } from "./session";

/** Where a cluster keeps what containerd has to know of a registry; it looks there at every pull. */
const containerdRegistries = (): string => path.join(path.dirname(session().cluster.kubeconfig), "registries");

/** This machine's end of its link to the node, where a registry listens that the node pulls from. */
export async function hostAddress(): Promise<string> {
  const [route] = JSON.parse(await run("ip", ["-json", "route", "get", session().cluster.address])) as {
    readonly prefsrc?: string;
  }[];
  if (route?.prefsrc === undefined) throw new Error(`No route to the node, ${session().cluster.address}.`);
  return route.prefsrc;
}

export async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Makes containerd trust an authority, in PEM form, for one registry. */
export function trustInContainerd(server: string, authority: string): void {
  const folder = path.join(containerdRegistries(), server);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "ca.crt"), authority);
  const origin = `https://${server}`;
  const hosts = `server = "${origin}"\n[host."${origin}"]\nca = "${path.join(folder, "ca.crt")}"\n`;
  fs.writeFileSync(path.join(folder, "hosts.toml"), hosts);
}

export function forgetInContainerd(server: string): void {
  fs.rmSync(path.join(containerdRegistries(), server), { recursive: true, force: true });
}
