import type { RegistryLogin } from "../config/registries";
import { setPasswordCommand } from "../registry/credentials";
import type { DockerConfig } from "../registry/docker-config";
import type { PullSecret } from "../registry/keyring";
import type { ReadSecret } from "./existing-secrets";
import type { PullCredential } from "./registry-check";

/** All credentials as the pods list them: those of the configuration by server, then the existing Secrets. */
export function pullCredentials(
  registries: readonly RegistryLogin[],
  existing: readonly ReadSecret[],
): readonly PullSecret<PullCredential>[] {
  const created = registries.map(({ key, slug, server, username, password, email = "" }) => {
    const renewal = `set a new password with ${setPasswordCommand(key)}`;
    return pullSecret(slug, { kind: "entries", entries: [{ server, username, password, email }] }, renewal);
  });
  return [
    ...created,
    ...existing.map(({ name, config, revision }) => {
      const refresh = `see why nothing refreshes the Secret ${name}`;
      return pullSecret(name, config, revision === undefined ? refresh : `put a new password into the Secret ${name}`);
    }),
  ];
}

function pullSecret(name: string, config: DockerConfig, renewal: string): PullSecret<PullCredential> {
  if (config.kind !== "entries") return { name, config };
  return { name, config: { kind: "entries", entries: config.entries.map((entry) => ({ ...entry, renewal })) } };
}
