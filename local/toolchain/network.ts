/** Where Pulumi's command line and provider plugins are downloaded from. */
const downloadHost = "https://get.pulumi.com/install.sh";

let reachable: Promise<boolean> | undefined;

/**
 * Whether Pulumi's download host answers within 4 s. Asked once per process and not remembered beyond it, so that a
 * network that opens later is used.
 */
export function downloadsReachable(): Promise<boolean> {
  return (reachable ??= fetch(downloadHost, { method: "HEAD", signal: AbortSignal.timeout(4_000) })
    .then((response) => response.ok)
    .catch(() => false));
}

/** After a download that failed although the host answered: don't try the next one. */
export function giveUpDownloads(): void {
  reachable = Promise.resolve(false);
}

/** Milliseconds after which any one download is given up. */
export const downloadTimeout = 5 * 60_000;
