import * as os from "node:os";
import * as path from "node:path";

/** The checkout's root folder. */
export const checkout = path.resolve(__dirname, "..", "..");

/** Everything that a local cluster makes: state, logs, volumes. Git-ignored; removed by `make local-down`. */
export const stateDir = path.join(checkout, ".local");

/** Built or downloaded tools, by version. Shared by every checkout of this user, kept by `make local-down`. */
export const cacheDir = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"),
  "fleet-private-registry",
);
