import { statSync } from "node:fs";
import { dirname } from "node:path";
import { namelessUser } from "./failures.ts";
import { lookAt, ownUser } from "./place.ts";

/** The user that the server runs as, given to `Bun.spawn` as it is: empty when it is psn's own user. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Postgres refuses to run as root. Root's server runs as the owner of the data that exist, else as the
 * system's `postgres` user, else as `nobody`; psn never makes a user.
 */
export function serverUserFor(dataDir: string | undefined): ServerUser {
  if (ownUser() !== 0) return {};
  const data = dataDir === undefined ? undefined : lookAt(dataDir);
  if (data !== undefined) return { uid: data.uid, gid: data.gid };
  for (const name of ["postgres", "nobody"]) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { uid, gid };
  }
  throw namelessUser(0);
}

/** The name of psn's user, as the server will see it on the socket: the system's, not the environment's. */
export function ownUserName(): string {
  const { stdout, exitCode } = Bun.spawnSync(["id", "-un"], { stderr: "ignore" });
  const name = stdout.toString().trim();
  if (exitCode !== 0 || name === "" || /["\n]/.test(name)) throw namelessUser(ownUser());
  return name;
}

/** Whether the server's user can pass through `folder` and every folder above it. */
export function canEnter(user: ServerUser, folder: string): boolean {
  return firstClosedFolder(user, folder) === undefined;
}

/** The outermost folder on the way to `folder` (or itself) that the server's user can't pass through. */
export function firstClosedFolder(user: ServerUser, folder: string): string | undefined {
  const parent = dirname(folder);
  const closed = parent === folder ? undefined : firstClosedFolder(user, parent);
  return closed ?? (allows(user, folder, 0o1) ? undefined : folder);
}

/** Whether the permission bits of `path` give the server's user `right` (4 read, 2 write, 1 execute or enter). */
export function allows(user: ServerUser, path: string, right: 0o1 | 0o4 | 0o5): boolean {
  if (user.uid === undefined) return true;
  const { uid, gid, mode } = statSync(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & right) === right;
}

function idOf(option: "-u" | "-g", name: string): number | undefined {
  const { stdout, exitCode } = Bun.spawnSync(["id", option, name], { stderr: "ignore" });
  const id = Number(stdout.toString().trim());
  return exitCode === 0 && Number.isSafeInteger(id) ? id : undefined;
}
