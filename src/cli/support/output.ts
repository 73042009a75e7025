import { ERROR_CODES, EXIT, type ExitCode, PsnError } from "../../core/errors.ts";
import type { Outcome } from "./command.ts";

/** Prints what a command gave: one JSON envelope, or people's text. */
export function printOutcome(json: boolean, command: string, outcome: Outcome): ExitCode {
  const exit = outcome.exit ?? EXIT.ok;
  if (json) console.log(JSON.stringify({ ok: exit === EXIT.ok, command, data: outcome.data }));
  else console.log(outcome.text);
  return exit;
}

/** Prints a failure: the envelope stays on stdout, people's text goes to stderr. */
export function printError(json: boolean, command: string, error: PsnError): ExitCode {
  if (json) {
    const { code, message, next, retryable, details } = error;
    console.log(
      JSON.stringify({
        ok: false,
        command,
        error: { code, message, ...(next === undefined ? {} : { next }), retryable, ...(details ?? {}) },
      }),
    );
  } else {
    console.error(`${error.message}${error.next === undefined ? "" : `\n→ ${error.next}`}`);
  }
  return error.exit;
}

/** A sentence on the side: never part of what a command gives. */
export function notice(text: string): void {
  console.error(text);
}

/** Any error as one that a person may read. What psn does not know is not printed: it may hold anything. */
export function toPsnError(error: unknown): PsnError {
  if (error instanceof PsnError) return error;
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return new PsnError("unexpected", `${ERROR_CODES.unexpected.means} (${kind}).`, {
    next: "psn setup status",
    cause: error,
  });
}
