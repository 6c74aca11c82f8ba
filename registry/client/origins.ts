import { isLoopback } from "./safe-address";

const dockerHub = "registry-1.docker.io";

/** Whether a manifest that is read here counts as a pull. */
export const countsPulls = (origin: string): boolean => new URL(origin).hostname === dockerHub;

/**
 * Where a registry may answer, in the order in which containerd v1.7 tries: HTTPS; and plain HTTP on this machine, alone
 * on port 80, and on other ports where no TLS is spoken. Unlike containerd, certificates are verified there too.
 *
 * @param registry host and port, as an image names it
 * @throws TypeError for a host that is none
 */
export function originsOf(registry: string): readonly [origin: string, withoutTls?: string] {
  const https = new URL(`https://${registry === "docker.io" ? dockerHub : registry}`);
  const port = /:(\d+)$/.exec(registry)?.[1];
  if (!isLoopback(https) || port === undefined || port === "443") return [https.origin];
  const http = new URL(`http://${registry}`).origin;
  return port === "80" ? [http] : [https.origin, http];
}
