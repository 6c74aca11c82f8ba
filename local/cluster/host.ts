import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import * as path from "node:path";

import type { Place } from "./component";
import type { Places } from "./places";
import { commandOf, kill, mark, markedProcesses } from "./processes";

/** This machine itself: components are ordinary processes of its user, with a home and temporary files in the state folder. */
export function host(places: Places): Place {
  return {
    start({ command, args, env }, logFile) {
      const home = path.join(places.folder, "home");
      mkdirSync(home, { recursive: true });
      const log = openSync(logFile, "a");
      const child = spawn(command, args, {
        cwd: home,
        detached: true,
        env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: home, ...mark(places), ...env },
        stdio: ["ignore", log, log],
      });
      closeSync(log);
      child.unref();
      return new Promise((resolve, reject) => child.once("spawn", () => resolve()).once("error", reject));
    },
    find: ({ command }) => markedProcesses(places).find((pid) => commandOf(pid) === command),
    kill,
  };
}
