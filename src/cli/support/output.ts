import { ERROR_CODES, EXIT, type ExitCode, PsnError } from "../../core/errors.ts";
import { databaseCode, databaseProblem } from "../../db/failures.ts";
import { isServerAway } from "../../embedded/errors.ts";
import { harmless } from "../render/style.ts";
import { clipped } from "./clip.ts";
import type { Outcome } from "./command.ts";

/** Prints what a command gave: one JSON envelope, or people's text. */
export function printOutcome(json: boolean, command: string, { data, text, problem }: Outcome): ExitCode {
  if (json) {
    const error = problem === undefined ? {} : { error: errorOf(problem) };
    console.log(JSON.stringify({ ok: problem === undefined, command, ...error, data }));
  } else {
    console.log(text);
    if (problem !== undefined) console.error(sentenceOf(problem));
  }
  return problem?.exit ?? EXIT.ok;
}

/** Prints a failure: the envelope stays on stdout, people's text goes to stderr. */
export function printError(json: boolean, command: string, error: PsnError): ExitCode {
  if (json) console.log(JSON.stringify({ ok: false, command, error: errorOf(error) }));
  else console.error(sentenceOf(error));
  return error.exit;
}

/** Postgres' code for a disk without room. */
const DISK_FULL = "53100";
/** A sentence may repeat what was typed, and that may be a whole text. */
const LONGEST_BYTES = 1_000;

function errorOf({ code, message, next, retryable, details }: PsnError): Record<string, unknown> {
  const mends = next === undefined ? {} : { next: clipped(next, LONGEST_BYTES) };
  return { ...details, code, message: clipped(message, LONGEST_BYTES), ...mends, retryable };
}

function sentenceOf({ message, next }: PsnError): string {
  const lines = next === undefined ? [message] : [message, `→ ${next}`];
  return harmless(lines.map((line) => clipped(line, LONGEST_BYTES)).join("\n"));
}

/** A sentence on the side: never part of what a command gives. */
export function notice(text: string): void {
  console.error(text);
}

/** Any error as one that a person may read. What psn does not know is not printed: it may hold anything. */
export function toPsnError(error: unknown): PsnError {
  if (error instanceof PsnError) return error;
  // A database can go away, or run full, in the middle of any command.
  const away = isServerAway(error) || databaseCode(error) === DISK_FULL ? databaseProblem(error) : undefined;
  if (away !== undefined) return away;
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return new PsnError("unexpected", `${ERROR_CODES.unexpected.means} (${kind}).`, {
    next: "psn setup status",
    cause: error,
  });
}
