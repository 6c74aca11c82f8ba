import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { hash } from "bcryptjs";
import { stringify } from "yaml";

import type { ClusterTools } from "../toolchain";
import type { Component } from "./component";
import type { Places } from "./places";
import { withLock } from "./lock";
import { pkiFile } from "./pki";
import type { Servers } from "./servers";
import { writeWhole } from "./state";

const configFile = (places: Places) => path.join(places.folder, "registry", "config.yml");

/** The reference registry, version 3, over TLS; it reads its password file again whenever that changes. */
export function registry(places: Places, tools: ClusterTools): Component {
  // Without this it sends a trace of every request to a port of the loopback.
  const env = { OTEL_TRACES_EXPORTER: "none" };
  return { name: "registry", command: tools.registry, args: ["serve", configFile(places)], env };
}

export function writeRegistryConfig(places: Places, servers: Servers): void {
  const config = {
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: places.images }, delete: { enabled: true } },
    http: {
      addr: `${servers.address}:${servers.registry}`,
      tls: { certificate: pkiFile(places, "registry.crt"), key: pkiFile(places, "registry.key") },
    },
    auth: { htpasswd: { realm: "fleet-local", path: places.htpasswd } },
  };
  writeWhole(configFile(places), stringify(config));
  if (!existsSync(places.htpasswd)) writeWhole(places.htpasswd, "");
}

/** Adds a user, or gives it another password. */
export async function setUser(places: Places, name: string, password: string): Promise<void> {
  if (!/^[^:\s]+$/.test(name)) throw new Error(`"${name}" cannot be a registry user.`);
  await changeUsers(places, name, [await passwordLine(name, password)]);
}

/** A line of an htpasswd file. bcrypt reads 72 bytes of a password, when it makes the line and when it checks one. */
export async function passwordLine(name: string, password: string): Promise<string> {
  // The lowest cost that bcrypt has: the registry computes it anew at every request.
  return `${name}:${await hash(password, 4)}`;
}

export const removeUser = (places: Places, name: string) => changeUsers(places, name, []);

function changeUsers(places: Places, name: string, added: readonly string[]): Promise<void> {
  return withLock(`${places.id}-users`, places.folder, () => {
    const lines = readFileSync(places.htpasswd, "utf8").split("\n");
    const others = lines.filter((line) => line !== "" && !line.startsWith(`${name}:`));
    writeWhole(places.htpasswd, [...others, ...added, ""].join("\n"));
    return Promise.resolve();
  });
}
