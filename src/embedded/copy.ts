import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cannotWrite } from "../files/errors.ts";
import { lookAt, ownUser } from "./place.ts";
import type { Link } from "./programs.ts";

/** What one path of a package is; `size` in bytes. */
type Entry =
  | { readonly path: string; readonly kind: "folder" }
  | { readonly path: string; readonly kind: "file"; readonly size: number; readonly executable: boolean }
  | { readonly path: string; readonly kind: "link"; readonly to: string };

/**
 * Makes sure that `copy` is a faithful copy of the package with all its links, owned by psn's user and not
 * writable by anybody else. One that is there already is checked before every use, entry by entry, and made
 * anew when anything differs. Throws PsnError `state_unwritable` or `disk_full`.
 */
export function copyPackage(
  source: string,
  links: readonly Link[],
  copy: string,
  onProgress: (message: string) => void,
): void {
  const entries = entriesOf(source, links);
  if (isFaithful(copy, entries)) return;
  onProgress("Copying PostgreSQL to where it can run");
  const temporary = join(dirname(copy), `copying-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    writeCopy(source, temporary, entries);
    rmSync(copy, { recursive: true, force: true });
    renameSync(temporary, copy);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Two starters of two state folders may copy at once: the other's copy will do.
    if (!isFaithful(copy, entries)) throw cannotWrite(copy, error);
  }
}

function entriesOf(source: string, links: readonly Link[]): Entry[] {
  const linked = new Set(links.map(({ path }) => path));
  const found: Entry[] = links.map(({ path, to }) => ({ path, kind: "link", to }));
  for (const entry of walk(source)) if (!linked.has(entry.path)) found.push(entry);
  return found;
}

function walk(root: string, below = ""): Entry[] {
  return readdirSync(join(root, below)).flatMap((name): Entry[] => {
    const path = below === "" ? name : `${below}/${name}`;
    const stats = lstatSync(join(root, path));
    if (stats.isSymbolicLink()) return [{ path, kind: "link", to: readlinkSync(join(root, path)) }];
    if (stats.isDirectory()) return [{ path, kind: "folder" }, ...walk(root, path)];
    return [{ path, kind: "file", size: stats.size, executable: (stats.mode & 0o100) !== 0 }];
  });
}

function writeCopy(source: string, target: string, entries: readonly Entry[]): void {
  mkdirSync(target, { mode: 0o755 });
  chmodSync(target, 0o755);
  // Folders first; a link needs nothing but its own folder.
  for (const { path } of entries.filter(({ kind }) => kind === "folder")) {
    mkdirSync(join(target, path));
    chmodSync(join(target, path), 0o755);
  }
  for (const entry of entries) {
    const to = join(target, entry.path);
    if (entry.kind === "link") symlinkSync(entry.to, to);
    if (entry.kind !== "file") continue;
    copyFileSync(join(source, entry.path), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    chmodSync(to, entry.executable ? 0o755 : 0o644);
  }
}

function isFaithful(copy: string, entries: readonly Entry[]): boolean {
  const top = lookAt(copy);
  if (top === undefined || !top.isDirectory() || !isOwn(top)) return false;
  return walk(copy).length === entries.length && entries.every((entry) => isSame(join(copy, entry.path), entry));
}

function isSame(path: string, entry: Entry): boolean {
  const stats = lookAt(path);
  if (stats === undefined || stats.uid !== ownUser()) return false;
  switch (entry.kind) {
    case "link":
      return stats.isSymbolicLink() && readlinkSync(path) === entry.to;
    case "folder":
      return stats.isDirectory() && isOwn(stats);
    case "file":
      return stats.isFile() && isOwn(stats) && stats.size === entry.size;
    default:
      return entry satisfies never;
  }
}

function isOwn(stats: { uid: number; mode: number }): boolean {
  return stats.uid === ownUser() && (stats.mode & 0o022) === 0;
}
