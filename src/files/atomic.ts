import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { cannotWrite, systemCode } from "./errors.ts";

/**
 * Writes a file so that a reader, or a crash at any moment, meets the old content or the new, never a part.
 * The file has exactly `mode` (default 0600) afterwards. Where `path` is a symlink, its target is replaced.
 * Throws PsnError `state_unwritable` or `disk_full`, both naming the path.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o600): void {
  try {
    replaceFile(targetOf(path), content, mode);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Makes a folder, and the folders above it that are missing, for psn's user alone (0700, or `mode`).
 * A folder that exists is left as it is. Throws PsnError `state_unwritable` or `disk_full`.
 */
export function makePrivateFolder(path: string, mode = 0o700): void {
  try {
    const created = mkdirSync(path, { recursive: true, mode: 0o700 });
    // mkdir's mode is cut by the umask, chmod's is not.
    if (created !== undefined) chmodSync(path, mode);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Makes a rename or a new name in `folder` outlive a power cut, where the file system can. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network and overlay file systems refuse to sync a folder; the rename itself has happened.
    if (!["EINVAL", "ENOTSUP", "EBADF", "EISDIR"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    closeSync(descriptor);
  }
}

function replaceFile(target: string, content: string | Uint8Array, mode: number): void {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${Math.random().toString(36).slice(2)}`);
  const descriptor = openSync(temporary, "wx", mode);
  try {
    try {
      fchmodSync(descriptor, mode);
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  removeParts(target);
  syncFolder(dirname(target));
}

/** Writing a file takes less. By time and not by process: another machine may write in the same folder. */
const LEFT_AFTER_MS = 60_000;

/** Of writers of this file that were killed: a part may hold a secret, or lie in a person's own folder. */
function removeParts(target: string): void {
  const folder = dirname(target);
  const begin = `.${basename(target)}.`;
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(begin) || !/^\d+-[0-9a-z]+$/.test(name.slice(begin.length))) continue;
      const part = join(folder, name);
      if (Date.now() - statSync(part).mtimeMs > LEFT_AFTER_MS) rmSync(part, { force: true });
    }
  } catch {
    // A folder that may not be listed, or another who removes them too: the file itself is written.
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return path;
    throw error;
  }
}
