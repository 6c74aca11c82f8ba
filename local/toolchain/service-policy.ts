import { spawnSync } from "node:child_process";
import * as fs from "node:fs";

/** What Debian asks before a package's installation starts a service; exit code 101 means no. */
const policy = "/usr/sbin/policy-rc.d";
const setAside = `${policy}.before-fleet-private-registry`;
const mark = "# fleet-private-registry";

/** A policy that ends with this process, so that a killed installation forbids nothing afterwards. */
const refuseWhileRunning = `#!/bin/sh
${mark}: no service starts while process ${process.pid} installs packages; can be deleted
kill -0 ${process.pid} 2>/dev/null && exit 101
[ -x ${setAside} ] && exec ${setAside} "$@"
exit 0
`;

function restore(): void {
  if (!fs.existsSync(policy) || !fs.readFileSync(policy, "utf8").includes(mark)) return;
  if (fs.existsSync(setAside)) fs.renameSync(setAside, policy);
  else fs.rmSync(policy);
}

/** Runs an installation during which no service of a package is started. */
export async function withoutServices<T>(work: () => Promise<T>): Promise<T> {
  restore();
  const refusesAlready = fs.existsSync(policy) && spawnSync(policy, ["containerd", "start"]).status === 101;
  if (refusesAlready) return work();
  if (fs.existsSync(policy)) fs.renameSync(policy, setAside);
  fs.writeFileSync(policy, refuseWhileRunning, { mode: 0o755 });
  try {
    return await work();
  } finally {
    restore();
  }
}
