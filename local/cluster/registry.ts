import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";

import { run } from "../support/run";
import type { ClusterTools } from "../toolchain";
import type { Component } from "./component";
import { registryPort, type Layout } from "./layout";
import { withLock } from "./lock";
import { pkiFile } from "./pki";
import { writeWhole } from "./state";

const configFile = (layout: Layout) => path.join(layout.folder, "registry", "config.yml");

/** Debian's docker-registry over TLS; it reads its password file again whenever that changes. */
export function registry(layout: Layout, tools: ClusterTools): Component {
  return { name: "registry", command: tools.registry, args: ["serve", configFile(layout)] };
}

export function writeRegistryConfig(layout: Layout): void {
  const config = {
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: "/var/lib/images" }, delete: { enabled: true } },
    http: {
      addr: `:${registryPort}`,
      tls: { certificate: pkiFile(layout, "registry.crt"), key: pkiFile(layout, "registry.key") },
    },
    auth: { htpasswd: { realm: "fleet-local", path: layout.htpasswd } },
  };
  writeWhole(configFile(layout), stringify(config));
  if (!existsSync(layout.htpasswd)) writeWhole(layout.htpasswd, "");
}

/** Adds a user, or gives it another password. The password travels through standard input alone. */
export async function setUser(layout: Layout, tools: ClusterTools, name: string, password: string): Promise<void> {
  if (!/^[^:\s]+$/.test(name)) throw new Error(`"${name}" cannot be a registry user.`);
  // bcrypt reads 72 bytes, and htpasswd refuses more than 255: the first 80 characters are between the two.
  const input = password.slice(0, 80);
  // The lowest cost that bcrypt has: the registry computes it anew at every request.
  const line = await run(tools.htpasswd, ["-niB", "-C", "4", name], { input });
  await changeUsers(layout, name, [line.trim()]);
}

export const removeUser = (layout: Layout, name: string) => changeUsers(layout, name, []);

function changeUsers(layout: Layout, name: string, added: readonly string[]): Promise<void> {
  return withLock(`${layout.id}-users`, () => {
    const lines = readFileSync(layout.htpasswd, "utf8").split("\n");
    const others = lines.filter((line) => line !== "" && !line.startsWith(`${name}:`));
    writeWhole(layout.htpasswd, [...others, ...added, ""].join("\n"));
    return Promise.resolve();
  });
}
