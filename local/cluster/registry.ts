import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { hash } from "bcryptjs";
import { stringify } from "yaml";

import type { ClusterTools } from "../toolchain";
import type { Component } from "./component";
import type { Layout } from "./layout";
import { withLock } from "./lock";
import { pkiFile } from "./pki";
import type { Servers } from "./servers";
import { writeWhole } from "./state";

const configFile = (layout: Layout) => path.join(layout.folder, "registry", "config.yml");

/** The reference registry, version 3, over TLS; it reads its password file again whenever that changes. */
export function registry(layout: Layout, tools: ClusterTools): Component {
  // Without this it sends a trace of every request to a port of the loopback.
  const env = { OTEL_TRACES_EXPORTER: "none" };
  return { name: "registry", command: tools.registry, args: ["serve", configFile(layout)], env };
}

export function writeRegistryConfig(layout: Layout, servers: Servers): void {
  const config = {
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: layout.images }, delete: { enabled: true } },
    http: {
      addr: `${servers.address}:${servers.registry}`,
      tls: { certificate: pkiFile(layout, "registry.crt"), key: pkiFile(layout, "registry.key") },
    },
    auth: { htpasswd: { realm: "fleet-local", path: layout.htpasswd } },
  };
  writeWhole(configFile(layout), stringify(config));
  if (!existsSync(layout.htpasswd)) writeWhole(layout.htpasswd, "");
}

/** Adds a user, or gives it another password. */
export async function setUser(layout: Layout, name: string, password: string): Promise<void> {
  if (!/^[^:\s]+$/.test(name)) throw new Error(`"${name}" cannot be a registry user.`);
  await changeUsers(layout, name, [await passwordLine(name, password)]);
}

/** A line of an htpasswd file. bcrypt reads 72 bytes of a password, when it makes the line and when it checks one. */
export async function passwordLine(name: string, password: string): Promise<string> {
  // The lowest cost that bcrypt has: the registry computes it anew at every request.
  return `${name}:${await hash(password, 4)}`;
}

export const removeUser = (layout: Layout, name: string) => changeUsers(layout, name, []);

function changeUsers(layout: Layout, name: string, added: readonly string[]): Promise<void> {
  return withLock(`${layout.id}-users`, layout.folder, () => {
    const lines = readFileSync(layout.htpasswd, "utf8").split("\n");
    const others = lines.filter((line) => line !== "" && !line.startsWith(`${name}:`));
    writeWhole(layout.htpasswd, [...others, ...added, ""].join("\n"));
    return Promise.resolve();
  });
}
