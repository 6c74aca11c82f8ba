/**
 * Registries that serve public images to everyone, where an anonymous pull is no mistake in itself. Everything else is taken
 * to be private.
 */
export const publicRegistries: readonly string[] = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "registry.k8s.io",
  "public.ecr.aws",
  "mcr.microsoft.com",
  "registry.gitlab.com",
  "registry.access.redhat.com",
  "cgr.dev",
  "docker.elastic.co",
  "nvcr.io",
];

export function isPublicRegistry(host: string): boolean {
  return publicRegistries.includes(host.toLowerCase());
}

/**
 * Whether someone declared an image public, which no one can see from its name.
 *
 * @param name `registry/repository`
 * @param declared hosts with their port, or with a path whose parts begin the image's: `ghcr.io/acme/public`
 */
export function isDeclaredPublic(name: string, declared: readonly string[]): boolean {
  return declared.some((prefix) => `${name}/`.startsWith(`${prefix.replace(/\/$/, "")}/`));
}
