import { PsnError } from "../core/errors.ts";

/** The code of the Postgres error (SQLSTATE) or socket error inside `error`, however it is wrapped. */
export function databaseCode(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ("code" in e && typeof e.code === "string") return e.code;
  }
  return undefined;
}

/** The constraint that refused a row, if one did. */
export function brokenConstraint(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ("constraint_name" in e && typeof e.constraint_name === "string") return e.constraint_name;
  }
  return undefined;
}

const LOST = new Set([
  "57P01", // the server was told to stop
  "57P02", // it crashed
  "57P03", // it is starting or stopping
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "08000",
  "08003",
  "08006",
]);

/** Whether the connection was lost or never made, so that the same query may succeed on a new one. */
export function isConnectionLost(error: unknown): boolean {
  const code = databaseCode(error);
  return code !== undefined && LOST.has(code);
}

/**
 * Turns a failure to use the database into the sentence for a person; undefined for any other error. Never prints
 * the URL: it may hold a password.
 */
export function databaseProblem(error: unknown): PsnError | undefined {
  if (error instanceof PsnError) return error;
  const code = databaseCode(error);
  if (code === undefined) return undefined;
  if (code === "28P01" || code === "28000") {
    return new PsnError("database_unreachable", "The database refuses the user or the password of DATABASE_URL.", {
      next: "correct DATABASE_URL, then run: psn setup database",
      cause: error,
    });
  }
  if (code === "3D000") {
    return new PsnError("database_unreachable", "The database named in DATABASE_URL does not exist.", {
      next: "psn setup database",
      cause: error,
    });
  }
  if (code === "42P01" || code === "3F000") {
    return new PsnError("database_not_migrated", "The database lacks psn's tables.", {
      next: "psn setup database",
      cause: error,
    });
  }
  if (code === "53100") {
    return new PsnError("disk_full", "The database has no room left on its disk.", {
      next: "make room, then run the command again",
      cause: error,
    });
  }
  return new PsnError("database_unreachable", `The database does not answer (${code}).`, {
    next: "psn setup status",
    cause: error,
  });
}
