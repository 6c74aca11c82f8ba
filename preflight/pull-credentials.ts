import type { RegistryLogin } from "../config/registries";
import { setPasswordCommand } from "../registry/credentials";
import type { DockerConfig } from "../registry/docker-config";
import { foreignText } from "../registry/foreign-text";
import type { PullSecret } from "../registry/keyring";
import type { ReadSecret } from "./existing-secrets";
import type { PullCredential } from "./registry-check";

/** All credentials as the pods list them: those of the configuration by server, then the existing Secrets. */
export function pullCredentials(
  registries: readonly RegistryLogin[],
  existing: readonly ReadSecret[],
): readonly PullSecret<PullCredential>[] {
  const created = registries.map(({ key, slug, server, username, password, email = "", account }) => {
    const renewal = `set a new password with ${setPasswordCommand(key)}`;
    const entry = { server, username, password, email, account, renewal };
    return { name: slug, config: { kind: "entries", entries: [entry] } } as const;
  });
  return [
    ...created,
    ...existing.map(({ name, config, revision }) => {
      const refresh = `see why nothing refreshes the Secret ${name}`;
      return withRenewal(name, config, revision === undefined ? refresh : `put a new password into the Secret ${name}`);
    }),
  ];
}

function withRenewal(name: string, config: DockerConfig, renewal: string): PullSecret<PullCredential> {
  if (config.kind !== "entries") return { name, config };
  const entries = config.entries.map((entry) => ({ ...entry, account: foreignText(entry.username), renewal }));
  return { name, config: { kind: "entries", entries } };
}
