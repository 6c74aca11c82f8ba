import type { PullCredential, ReadSecret, RegistryCheckArgs } from "./components";
import { setPasswordCommand, type RegistryCredential } from "./components/registry/credentials";
import type { DockerConfig } from "./components/registry/docker-config";
import type { PullSecret } from "./components/registry/keyring";
import { checkCaCertificate } from "./components/registry/probe/certificate-authority";
import type { ConfigReader } from "./config-reader";

/** A registry of the configuration with its password, for questions at this registry; never an input of a resource. */
export interface RegistryLogin extends RegistryCredential {
  readonly password: string;
}

/** How the registries are asked. */
export function readRegistryCheck(
  reader: ConfigReader,
): Pick<RegistryCheckArgs, "registryCheck" | "leastPrivilege" | "caCertificate"> {
  const levels = ["enforce", "warn", "off"] as const;
  const caCertificate = reader.text("registryCaCertificate");
  const mistake = caCertificate === undefined ? undefined : checkCaCertificate(caCertificate);
  if (mistake !== undefined) reader.problem("registryCaCertificate", mistake.problem, mistake.fix);
  const registryCheck = reader.choice("registryCheck", levels);
  const leastPrivilege = reader.choice("leastPrivilege", levels);
  if (registryCheck === "off" && leastPrivilege === "enforce") {
    reader.problem(
      "leastPrivilege",
      "is enforce, but registryCheck is off, so no registry is asked",
      "set registryCheck to warn, or leastPrivilege to warn",
    );
  }
  return {
    registryCheck,
    leastPrivilege,
    ...(caCertificate !== undefined && mistake === undefined && { caCertificate }),
  };
}

/** All credentials as the pods list them: those of the configuration by server, then the existing Secrets. */
export function pullCredentials(
  registries: readonly RegistryLogin[],
  existing: readonly ReadSecret[],
): readonly PullSecret<PullCredential>[] {
  const created = registries.map(({ key, slug, server, username, password, email = "" }) => {
    const renew = `set a new password with ${setPasswordCommand(key)}`;
    return pullSecret(slug, { kind: "entries", entries: [{ server, username, password, email }] }, renew);
  });
  return [
    ...created,
    ...existing.map(({ name, config }) => pullSecret(name, config, `put a new password into the Secret ${name}`)),
  ];
}

function pullSecret(name: string, config: DockerConfig, renew: string): PullSecret<PullCredential> {
  if (config.kind !== "entries") return { name, config };
  return { name, config: { kind: "entries", entries: config.entries.map((entry) => ({ ...entry, renew })) } };
}
