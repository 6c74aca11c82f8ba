import type { ChartInRegistry } from "../config/chart-login";
import type { RegistryLogin } from "../config/registries";
import type { DockerConfig } from "../registry/docker-config";
import { shownKey } from "../registry/shown-key";
import { foreignText } from "../registry/foreign-text";
import type { PullSecret } from "../registry/keyring";
import type { ReadSecret } from "./existing-secrets";
import type { PullCredential, RegistryCheckArgs } from "./registry-check";

/** All credentials as the pods list them: those of the configuration by server, then the existing Secrets. */
export function pullCredentials(
  registries: readonly RegistryLogin[],
  existing: readonly ReadSecret[],
): readonly PullSecret<PullCredential>[] {
  const created = registries.map(({ key, slug, server, username, password, email = "", account, renewal }) => {
    const place = `fleet:registries[${shownKey(key)}]`;
    const entry = { server, username, password, email, account, renewal, place };
    return { name: slug, config: { kind: "entries", entries: [entry] } } as const;
  });
  return [
    ...created,
    ...existing.flatMap(({ name, config, revision }) => {
      if (config === undefined) return [];
      const refresh = `see why nothing refreshes the Secret ${name}`;
      return withRenewal(name, config, revision === undefined ? refresh : `put a new password into the Secret ${name}`);
    }),
  ];
}

/** The credential that Helm pulls a chart with. */
export function chartCredential({ reference, login }: ChartInRegistry): RegistryCheckArgs["chart"] {
  if (login === undefined) return { reference };
  const credential = {
    server: reference,
    username: login.username,
    password: login.password,
    email: "",
    account: "key" in login ? login.account : foreignText(login.username),
    renewal: login.renewal,
  };
  return { reference, credential };
}

function withRenewal(name: string, config: DockerConfig, renewal: string): PullSecret<PullCredential> {
  if (config.kind !== "entries") return { name, config };
  const entries = config.entries.map((entry) => ({ ...entry, account: foreignText(entry.username), renewal }));
  return { name, config: { kind: "entries", entries } };
}
