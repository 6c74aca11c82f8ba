/**
 * Registries that serve public images to everyone, where an anonymous pull is no mistake in itself. Everything else is taken
 * to be private.
 */
const publicRegistries: readonly string[] = [
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

/** @param more hosts, with their port, that need no credential either */
export function isPublicRegistry(host: string, more: readonly string[] = []): boolean {
  return [...publicRegistries, ...more].includes(host.toLowerCase());
}
