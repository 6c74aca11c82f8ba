import type { RegistryWords } from "../registry/credentials";
import { shownKey } from "../registry/shown-key";

/** The command that sets a registry's password; the CLI asks for it, or reads it from standard input. */
export const setPasswordCommand = (key: string): string => setSecretCommand(`registryPasswords[${shownKey(key)}]`);

/** The command that sets a registry's username as a secret. */
export const setUsernameCommand = (key: string): string => setSecretCommand(`registries[${shownKey(key)}].username`);

const setSecretCommand = (path: string): string =>
  `pulumi config set --secret --path '${path.replaceAll("'", `'\\''`)}'`;

/** How whoever wrote a stack's configuration is told what to set. */
export const stackWords: RegistryWords = { setPassword: setPasswordCommand, existing: "imagePullSecrets" };
