/**
 * The keys that a stack's file must hold encrypted. Pulumi.yaml does not say `secret: true` of them: with that, command lines from
 * 3.205 on refuse every stack that leaves one out, since its default (nothing) is not encrypted.
 */
export const secretKeys = [
  "registryPasswords",
  "databasePassword",
  "cachePassword",
  "privateKey",
  "licenseKey",
  "tlsPrivateKey",
] as const;
