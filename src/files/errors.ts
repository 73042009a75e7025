import { PsnError } from "../core/errors.ts";

/** The code of a failed system call ("EACCES", "ENOSPC", …), or of SQLite; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const NO_ROOM = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL"]);

/** psn could not write `path`: `disk_full` when there is no room, `state_unwritable` for every other cause. */
export function cannotWrite(path: string, cause: unknown): PsnError {
  const code = systemCode(cause);
  if (code !== undefined && NO_ROOM.has(code)) return noRoom(path, cause);
  const why = code === undefined ? "" : ` (${code})`;
  return new PsnError("state_unwritable", `psn can't write ${path}${why}.`, {
    next: `give yourself the right to write ${path}, or set PSN_STATE_DIR to a folder of your own, then run the command again`,
    details: { path },
    cause,
  });
}

export function noRoom(path: string, cause?: unknown): PsnError {
  return new PsnError("disk_full", `There is no room left on the disk that holds ${path}.`, {
    next: "free some space on that disk, then run the command again",
    details: { path },
    cause,
  });
}

/** Another process held the lock for the whole wait. */
export function lockBusy(path: string, waitedMs: number): PsnError {
  return new PsnError("state_busy", `Another psn has held ${path} for ${Math.round(waitedMs / 1000)} seconds.`, {
    next: "wait until the other command has ended, then run the command again",
    details: { path },
  });
}
