import type { RegistryCredential } from "../registry/credentials";
import { checkCaCertificate } from "../registry/client/certificate-authority";
import { foreignText } from "../registry/foreign-text";
import { SecretText } from "../registry/secret-text";
import { shownKey } from "../registry/shown-key";
import type { ConfigReader, Entries } from "./reader";
import { setPasswordCommand, setUsernameCommand } from "./set-commands";

/** A registry of the configuration with its password, for questions at this registry; never an input of a resource. */
export interface RegistryLogin extends RegistryCredential {
  readonly password: SecretText;
  /** What a person is told of the account: its username, unless that is secret. */
  readonly account: string;
  /** What gives it a new password, as an order. */
  readonly renewal: string;
}

/** Said in the place of a username that is encrypted in the stack's file. */
const secretAccount = "the encrypted username";

export function registryLogins(
  reader: ConfigReader,
  registries: readonly RegistryCredential[],
  passwords: Entries,
): readonly RegistryLogin[] {
  const isSecret = reader.isSecret("registries");
  return registries.map((registry) => ({
    ...registry,
    password: new SecretText(String(passwords[registry.key])),
    account: isSecret ? secretAccount : foreignText(registry.username),
    renewal: `set a new password with ${setPasswordCommand(registry.key)}`,
  }));
}

/** Refuses a username in plain text that is the password as well, as DigitalOcean has it. */
export function refuseReadablePasswords(
  reader: ConfigReader,
  registries: readonly RegistryCredential[],
  passwords: Entries,
): void {
  if (reader.isSecret("registries")) return;
  for (const { key, username } of registries) {
    if (username !== passwords[key]) continue;
    reader.refuse(
      `registries[${shownKey(key)}].username`,
      "not-encrypted",
      "is its password too, and anyone can read it here",
      `set a new one for both, this one with: ${setUsernameCommand(key)}`,
    );
  }
}

const levels = ["enforce", "warn", "off"] as const;

/** How the registries are asked. */
export interface RegistryCheckSettings {
  /**
   * Whether the registries are asked: a clear no is a problem with `enforce`, a warning with `warn`. What cannot be told
   * from this machine is never more than a warning, since the cluster may see what it does not. @default "enforce"
   */
  readonly registryCheck?: (typeof levels)[number];
  /** Whether a credential that may push is a problem, a warning, or not asked for. @default "warn" */
  readonly leastPrivilege?: (typeof levels)[number];
  /** Certificates of a private authority in PEM form, trusted besides the public ones. @default none */
  readonly caCertificate?: string;
}

export function readRegistryCheck(reader: ConfigReader): RegistryCheckSettings {
  const caCertificate = reader.text("registryCaCertificate");
  const mistake = caCertificate === undefined ? undefined : checkCaCertificate(caCertificate);
  reader.refuseFor("registryCaCertificate", mistake);
  const registryCheck = reader.choice("registryCheck", levels);
  const leastPrivilege = reader.choice("leastPrivilege", levels);
  if (registryCheck === "off" && leastPrivilege === "enforce") {
    reader.refuse(
      "leastPrivilege",
      "conflict",
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
