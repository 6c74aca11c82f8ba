import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Puts new content in the place of a file's, all or none of it, whatever ends the process or the machine. The file keeps its
 * mode, and its owner where that is possible; a symbolic link stays one, and the file that it leads to is replaced.
 *
 * @throws the system's own error, and the file is as it was
 */
export function replaceFile(file: string, content: Buffer | string): void {
  const target = fs.realpathSync(file);
  const { mode, uid, gid } = fs.statSync(target);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  try {
    // Nobody else may read it before it has its mode; an earlier try that was killed may have left one.
    fs.rmSync(temporary, { force: true });
    const descriptor = fs.openSync(temporary, "wx", 0o600);
    try {
      fs.writeFileSync(descriptor, content);
      giveTo(descriptor, uid, gid);
      fs.fchmodSync(descriptor, mode);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(path.dirname(target));
}

/** To the file's owner, where this user may give files away; as git does it, the file is this user's otherwise. */
function giveTo(descriptor: number, uid: number, gid: number): void {
  try {
    fs.fchownSync(descriptor, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

/** So that the new name outlives a loss of power too; where a system cannot do that, it is as good as it gets there. */
function syncFolder(folder: string): void {
  try {
    const descriptor = fs.openSync(folder, "r");
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
  } catch {
    // The file has its new content already.
  }
}
