import { PsnError } from "../core/errors.ts";
import { noRoom } from "../files/errors.ts";

const LOOK = "psn setup status";

/** A file or folder that must belong to psn's user belongs to another. */
export function wrongOwner(path: string, owner: number, user: number): PsnError {
  return new PsnError(
    "state_unwritable",
    `${path} belongs to user ${nameOf(owner)}, and psn runs as user ${nameOf(user)}.`,
    { next: `run psn as the owner of ${path}, or set PSN_STATE_DIR to a folder of your own`, details: { path, owner } },
  );
}

/** A folder that psn must be able to trust may be changed by other users. */
export function openToOthers(path: string): PsnError {
  return new PsnError("state_unwritable", `${path} can be changed by other users of this machine.`, {
    next: `chmod go-w '${path}'`,
    details: { path },
  });
}

/** Root's server runs as a plain user, which can't get to its data (any more). */
export function unreachableFor(user: string, path: string): PsnError {
  return new PsnError("database_start_failed", `The database server runs as ${user}, which can't enter ${path}.`, {
    next: `chmod o+x '${path}'`,
    details: { path },
  });
}

export function dataFromOtherVersion(found: number, own: number, dataDir: string): PsnError {
  const facts = { details: { path: dataDir, found, own } };
  if (found > own) {
    return new PsnError("database_newer", `The database was made by PostgreSQL ${found}; this psn has ${own}.`, {
      next: "update psn (git pull && npm ci), then run the command again",
      ...facts,
    });
  }
  return new PsnError(
    "database_start_failed",
    `The database was made by PostgreSQL ${found}, whose files PostgreSQL ${own} of this psn can't read.`,
    { next: `use the psn that made it, or move ${dataDir} away to begin with an empty database`, ...facts },
  );
}

export function noDatabaseIn(dataDir: string): PsnError {
  return new PsnError("database_start_failed", `${dataDir} is there, but it is no PostgreSQL data folder.`, {
    next: `move ${dataDir} away, then run the command again`,
    details: { path: dataDir },
  });
}

export function noProgramsFor(platform: string, cause: unknown): PsnError {
  return new PsnError("database_start_failed", `No PostgreSQL for ${platform} is installed beside psn.`, {
    next: "npm ci, or set DATABASE_URL to a PostgreSQL of your own",
    cause,
  });
}

export function programsNotRunnable(path: string, cause?: unknown): PsnError {
  return new PsnError("database_start_failed", `${path} can't be run on this machine.`, {
    next: "npm ci, or set DATABASE_URL to a PostgreSQL of your own",
    details: { path },
    cause,
  });
}

/** initdb hands its own path to a shell, between double quotes. */
export function unsafePath(path: string): PsnError {
  return new PsnError("database_start_failed", `PostgreSQL can't run from ${path}: it may hold none of " $ \` \\.`, {
    next: "move psn to a folder with a plainer name, then run the command again",
    details: { path },
  });
}

/** Root that can't hand its server to another user: PostgreSQL refuses to run as root. */
export function rootOnly(uid: number, cause: unknown): PsnError {
  return new PsnError(
    "database_start_failed",
    `Here root can't act as user ${uid}, and PostgreSQL won't run as root.`,
    {
      next: "run psn as a plain user, or set DATABASE_URL to a PostgreSQL of your own",
      cause,
    },
  );
}

export function namelessUser(uid: number): PsnError {
  return new PsnError("database_start_failed", `User ${uid} has no name on this machine, and PostgreSQL needs one.`, {
    next: "add the user to /etc/passwd, or set DATABASE_URL to a PostgreSQL of your own",
  });
}

/** `output` is what initdb or the server said; the line of it that tells most goes into the sentence. */
export function startFailed(what: string, output: string, place: string): PsnError {
  if (/No space left on device|Disk quota exceeded|Check free disk space/i.test(output)) return noRoom(place);
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const serious = lines.findLast((line) => /FATAL|PANIC|error:/i.test(line));
  const telling =
    serious ?? lines.find((line) => /^(postgres|initdb):/.test(line)) ?? lines.at(-1) ?? "it said nothing";
  const reason = telling.replace(/^.*?(?:FATAL|PANIC|error|postgres|initdb):\s*/i, "").trim();
  return new PsnError("database_start_failed", `The embedded database ${what}: ${reason.replace(/[.\s]+$/, "")}.`, {
    next: LOOK,
    details: { path: place, output: lines.slice(-6).join("\n").slice(-1_500) },
  });
}

export function stillBusy(doing: "starting" | "stopping", pid: number, seconds: number): PsnError {
  return new PsnError(
    "database_start_failed",
    `The embedded database (process ${pid}) is still ${doing} after ${seconds} seconds.`,
    { next: "wait a minute, then run the command again", details: { pid } },
  );
}

function nameOf(uid: number): string {
  return uid === 0 ? "root" : String(uid);
}
