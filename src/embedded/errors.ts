import { systemCode } from "../files/errors.ts";

/** SQLSTATEs of a server that is going or coming: admin_shutdown, crash_shutdown, cannot_connect_now. */
const AWAY_STATES = new Set(["57P01", "57P02", "57P03"]);
/** What a socket says when nobody serves it any more. */
const AWAY_SOCKET = new Set(["ECONNREFUSED", "ENOENT", "ECONNRESET", "EPIPE"]);
/** postgres.js, when the connection ends under a query: the 57P01 that came with it is not passed on. */
const AWAY_DRIVER = new Set(["CONNECTION_CLOSED", "CONNECTION_DESTROYED"]);

/**
 * Whether an error of `postgres` (postgres.js) or `pg`, bare or wrapped by drizzle, means that the embedded
 * server is stopping or not there: a caller then calls `startEmbedded` again and retries once. Whether the
 * failed statement had taken effect is not known for a commit that was under way.
 */
export function isServerAway(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const code = systemCode(at) ?? "";
    if (AWAY_STATES.has(code) || AWAY_DRIVER.has(code)) return true;
    // ENOENT of a file that somebody reads has nothing to do with the server.
    if (AWAY_SOCKET.has(code) && (code !== "ENOENT" || ("syscall" in at && at.syscall === "connect"))) return true;
    // pg gives this one no code.
    if (at.message === "Connection terminated unexpectedly") return true;
  }
  return false;
}
