/** For the environment of what asks a server of this machine, which a proxy of the caller's would not find. */
export function noProxyFor(host: string): { readonly NO_PROXY: string; readonly no_proxy: string } {
  const list = [process.env.NO_PROXY ?? process.env.no_proxy, host].filter(Boolean).join(",");
  return { NO_PROXY: list, no_proxy: list };
}
