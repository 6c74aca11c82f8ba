/** Go's rule, so containerd's: neither a proxy for these nor the need for TLS. */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);

/**
 * Whether a server may send us to an address: over HTTPS to any; over plain HTTP to this machine alone, and only from this
 * machine, since whatever listens here is not what a registry elsewhere speaks for.
 *
 * @param from where that was said
 */
export const isSafeAddress = (address: URL, from: URL): boolean =>
  address.protocol === "https:" || (address.protocol === "http:" && isLoopback(address) && isLoopback(from));
