import { chmodSync, lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { makePrivateFolder, writeFileAtomically } from "../files/atomic.ts";
import { cannotWrite, systemCode } from "../files/errors.ts";
import { openToOthers, wrongOwner } from "./failures.ts";

/** Where root keeps what a plain user must be able to enter. */
export const ROOT_STORE = "/var/lib/psn";

/** Where the server of one state folder lives. All paths are absolute and free of symlinks. */
export interface Place {
  readonly stateDir: string;
  /** Belongs to psn's user; holds `data/`, the settings and, where its path is short enough, `run/`. */
  readonly home: string;
  /** Belongs to the user that the server runs as. */
  readonly dataDir: string;
}

/** psn's own user. psn runs on systems that have user ids only. */
export function ownUser(): number {
  return process.geteuid?.() ?? -1;
}

/**
 * The place whose data exist already, or undefined. Existing data stay where they are, even when the folders
 * around them have changed. Throws PsnError `state_unwritable` when they belong to somebody else.
 */
export function findPlace(stateDir: string): Place | undefined {
  const real = realFolder(stateDir);
  if (real === undefined) return undefined;
  return possibleHomes(real)
    .map((home) => placeIn(real, home))
    .find((place) => place !== undefined);
}

/**
 * Makes the state folder when it is missing, and returns its real path. Root's may be passed through by
 * others, but not listed: root's server is a plain user. Throws PsnError `state_unwritable` or `disk_full`.
 */
export function openStateFolder(stateDir: string): string {
  makePrivateFolder(resolve(stateDir), ownUser() === 0 ? 0o711 : 0o700);
  const real = realpathSync(stateDir);
  assertOwn(real, { sharedIsFine: true });
  return real;
}

/** The place for a first start. `serverCanEnter` tells of a folder whether the server's user reaches it. */
export function makePlace(stateDir: string, serverCanEnter: (folder: string) => boolean): Place {
  const real = openStateFolder(stateDir);
  const [inState = real, elsewhere] = possibleHomes(real);
  if (elsewhere === undefined) return makeHome(real, inState, 0o700);
  if (serverCanEnter(real)) return makeHome(real, inState, 0o711);
  makeStore();
  const place = makeHome(real, elsewhere, 0o711);
  // The name of the folder does not tell a person whose it is.
  writeFileAtomically(join(elsewhere, "state-folder"), `${real}\n`, 0o644);
  return place;
}

/** Makes sure of the folder under /var/lib that root's psn shares between its state folders. */
export function makeStore(): string {
  makePrivateFolder(ROOT_STORE, 0o711);
  assertOwn(ROOT_STORE);
  return ROOT_STORE;
}

/**
 * Throws unless `path` is a folder of psn's user that nobody else may change.
 * With `sharedIsFine` others may write in it, as in a folder that the user chose.
 */
export function assertOwn(path: string, options: { sharedIsFine?: boolean } = {}): void {
  const stats = statSync(path);
  if (!stats.isDirectory()) throw cannotWrite(path, new Error("not a folder"));
  if (stats.uid !== ownUser()) throw wrongOwner(path, stats.uid, ownUser());
  if (options.sharedIsFine !== true && (stats.mode & 0o022) !== 0) throw openToOthers(path);
}

/** A short name for a path, the same each time. */
export function shortHash(path: string): string {
  return new Bun.CryptoHasher("sha256").update(path).digest("hex").slice(0, 16);
}

/** What is at `path`, links not followed; undefined when there is nothing, or nothing that may be seen. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}

function possibleHomes(stateDir: string): string[] {
  const inState = join(stateDir, "postgres");
  return ownUser() === 0 ? [inState, join(ROOT_STORE, shortHash(stateDir))] : [inState];
}

function placeIn(stateDir: string, home: string): Place | undefined {
  const real = realFolder(home);
  if (real === undefined) return undefined;
  const dataDir = join(real, "data");
  const data = lookAt(dataDir);
  if (data === undefined && statSync(real).uid === ownUser()) return undefined;
  assertOwn(stateDir, { sharedIsFine: true });
  assertOwn(real);
  // Root's server runs as whoever owns the data, which is never root; a plain user's runs as that user.
  const wrong = data !== undefined && (ownUser() === 0 ? data.uid === 0 : data.uid !== ownUser());
  if (wrong) throw wrongOwner(dataDir, data.uid, ownUser());
  return { stateDir, home: real, dataDir };
}

function makeHome(stateDir: string, home: string, mode: number): Place {
  makePrivateFolder(home, mode);
  const real = realpathSync(home);
  assertOwn(real);
  chmodSync(real, mode);
  return { stateDir, home: real, dataDir: join(real, "data") };
}

function realFolder(path: string): string | undefined {
  try {
    return realpathSync(resolve(path));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    // A file in the way, or a folder that may not be entered.
    throw cannotWrite(path, error);
  }
}
