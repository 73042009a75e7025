import { AbortTaskRunError } from "@trigger.dev/sdk";
import { PsnError } from "../../core/errors.ts";
import { databaseCode, databaseProblem, isConnectionLost } from "../../db/failures.ts";

/** What a deployed worker is short of is mended where it was deployed from. */
const DEPLOY = "psn setup deploy";

export const noDatabase = () =>
  new PsnError("not_set_up", "The deployed worker has no DATABASE_URL, and can't reach the database on your machine.", {
    next: "psn setup database",
  });

export const keyMissing = () =>
  new PsnError("key_missing", "The deployed worker has no PSN_ENCRYPTION_KEY; it never makes one.", { next: DEPLOY });

export const notMigrated = () =>
  new PsnError(
    "database_not_migrated",
    "The database lacks psn's tables, or has older ones than the deployed worker.",
    {
      next: "psn setup database",
    },
  );

export const notLinked = () =>
  new PsnError("not_set_up", "The platform gave the worker no key of its project.", { next: DEPLOY });

/** Only the person's machine reaches the alarms that its own engine has. */
export const notHere = () =>
  new PsnError("not_set_up", "The engine of your machine can't be reached from the deployed worker.", {
    next: "psn setup engine trigger",
  });

/** A problem as the platform's page and psn's health show it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** What a person can mend; undefined for what nobody foresaw. Files of the worker's machine are not theirs to change. */
export function problemOf(error: unknown): Problem | undefined {
  const known = foreseen(error);
  if (known === undefined) return undefined;
  const { code, message } = known;
  const next = code === "key_missing" || code === "config_invalid" ? DEPLOY : (known.next ?? DEPLOY);
  return { code, message, next };
}

/**
 * What is thrown at the platform, which shows and keeps it: psn's own sentence, or the bare kind of an unexpected error
 * with the places it came through, since its message may hold a statement with its values.
 */
export function failureOf(error: unknown): Error {
  const problem = problemOf(error);
  if (problem === undefined) return unexpected(error);
  const sentence = `${problem.message} (${problem.code}) Next: ${problem.next}`;
  return foreseen(error)?.retryable === true ? new Error(sentence) : new AbortTaskRunError(sentence);
}

/** "unexpected: DrizzleQueryError 42703". */
export function kindOf(error: unknown): string {
  const code = databaseCode(error);
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return `unexpected: ${kind}${code === undefined ? "" : ` ${code}`}`;
}

/** Refused: user, password, no such database, no room. Any other code of the database's is a mistake of psn's own. */
const FORESEEN = new Set(["28P01", "28000", "3D000", "53100"]);

function foreseen(error: unknown): PsnError | undefined {
  if (error instanceof PsnError) return error;
  return isConnectionLost(error) || FORESEEN.has(databaseCode(error) ?? "") ? databaseProblem(error) : undefined;
}

function unexpected(error: unknown): Error {
  const told = new Error(kindOf(error));
  told.stack = `Error: ${told.message}${placesOf(error)}`;
  return told;
}

/** The stack behind the message, which it begins with. */
function placesOf(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return "";
  const at = error.stack.indexOf(error.message);
  return at === -1 ? "" : error.stack.slice(at + error.message.length);
}
