import { chownSync, existsSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makePrivateFolder } from "../files/atomic.ts";
import { giveFolder } from "./initialise.ts";
import { assertOwn, lookAt, makeStore, ownUser, shortHash } from "./place.ts";
import type { ServerUser } from "./server-user.ts";
import { PORT } from "./settings.ts";

/** A socket's path has room for 103 bytes on macOS and 107 on Linux. */
const LONGEST = 103;
const TEMPORARY = "psn-run-";

/** The socket's path in its folder: the name that every PostgreSQL client makes up from folder and port. */
function socketPath(folder: string, port = PORT): string {
  return join(folder, `.s.PGSQL.${port}`);
}

/** Whether a socket with a name in this folder is short enough for the system. */
export function isShortEnough(folder: string): boolean {
  return Buffer.byteLength(socketPath(folder, 65_535)) <= LONGEST;
}

/**
 * Whether the folder and the socket in it are the server's own: a folder of `owner` that nobody else may
 * enter. Whoever can write into the folder could put a socket of his own in the server's place.
 */
export function hasSafeSocket(folder: string, owner: number): boolean {
  const stats = lookAt(folder);
  if (stats === undefined || !stats.isDirectory() || stats.uid !== owner || (stats.mode & 0o077) !== 0) return false;
  return lookAt(socketPath(folder))?.isSocket() === true;
}

/**
 * An empty folder for the socket that only the server's user (and root) may enter: in `home`, and where that
 * path is too long for a socket, under the user's home or root's store, else a fresh one in the system's
 * temporary folder, under a name that nobody can guess. No server of `home` may be running.
 */
export function makeSocketFolder(home: string, user: ServerUser): string {
  const folder = chooseFolder(home);
  if (folder === undefined) return temporarySocketFolder(user);
  // What a killed server left: its socket, and a lock file whose pid may be another program's by now.
  rmSync(folder, { recursive: true, force: true });
  giveFolder(folder, user);
  return folder;
}

/** Removes a socket folder in the temporary folder, when its server has ended. */
export function dropSocketFolder(folder: string): void {
  if (!basename(folder).startsWith(TEMPORARY) || !existsSync(folder)) return;
  rmSync(socketPath(folder), { force: true });
  rmSync(`${socketPath(folder)}.lock`, { force: true });
  rmdirSync(folder);
}

function chooseFolder(home: string): string | undefined {
  const inHome = join(home, "run");
  if (isShortEnough(inHome)) return inHome;
  const parent = ownUser() === 0 ? makeStore() : privateRunFolder();
  if (parent === undefined) return undefined;
  const folder = join(parent, ownUser() === 0 ? `run-${shortHash(home)}` : shortHash(home));
  return isShortEnough(folder) ? folder : undefined;
}

/** `~/.psn-run`; undefined where the user has no home, or none that is his. */
function privateRunFolder(): string | undefined {
  const folder = join(homedir(), ".psn-run");
  try {
    makePrivateFolder(folder);
    assertOwn(folder);
    return folder;
  } catch {
    return undefined;
  }
}

function temporarySocketFolder(user: ServerUser): string {
  const parent = [tmpdir(), "/tmp"].find((folder) => isShortEnough(join(folder, `${TEMPORARY}123456`))) ?? "/tmp";
  const folder = mkdtempSync(join(parent, TEMPORARY));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}
